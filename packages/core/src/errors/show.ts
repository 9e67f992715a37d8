const longest = 64;

/** Any value as a message shows it, cut where it is long. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (typeof value === 'function') return 'a function';
  try {
    return typeof value === 'object' ? cut(JSON.stringify(value)) : String(value);
  } catch {
    // It holds itself, or something that has no JSON.
    return 'an object';
  }
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
