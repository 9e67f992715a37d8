/**
 * A header's value out of whatever holds headers: a Headers, an array of pairs, a flat array of names and values (undici), a
 * plain object.
 */
export function headerOf(headers: unknown, name: string): string | null {
  if (typeof headers !== 'object' || headers === null) return null;
  if ('get' in headers && typeof headers.get === 'function') {
    return textOf((headers as { get(name: string): unknown }).get(name));
  }
  for (const [key, value] of pairsOf(headers)) if (key.toLowerCase() === name.toLowerCase()) return textOf(value);
  return null;
}

function pairsOf(headers: object): Iterable<readonly [string, unknown]> {
  if (!Array.isArray(headers)) return Object.entries(headers);
  const items = headers as unknown[];
  if (items.every((item) => Array.isArray(item))) return items.map((pair) => [String(pair[0]), pair[1]] as const);
  return items.flatMap((item, index) => (index % 2 === 0 ? [[latin(item), items[index + 1]] as const] : []));
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value.map(latin).join(', ') : latin(value);
}

/** Undici 6 hands headers on as bytes. */
function latin(value: unknown): string {
  return ArrayBuffer.isView(value) ? String.fromCharCode(...(value as Uint8Array)) : String(value);
}
