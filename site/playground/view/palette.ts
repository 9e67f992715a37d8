/** The colours of the picture, as the page's style sheet names them for light and dark. */
export interface Palette {
  readonly done: string;
  readonly failed: string;
  readonly trial: string;
  readonly cut: string;
  readonly refused: string;
  readonly closed: string;
  readonly open: string;
  readonly halfOpen: string;
  readonly grid: string;
  readonly text: string;
  readonly faint: string;
  readonly mark: string;
  readonly lane: string;
}

const names = [
  'done',
  'failed',
  'trial',
  'cut',
  'refused',
  'closed',
  'open',
  'halfOpen',
  'grid',
  'text',
  'faint',
  'mark',
  'lane',
] as const;

/** Reads `--pg-…` where `element` stands. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--pg-${name}`).trim();
  return Object.fromEntries(names.map((name) => [name, read(name)])) as unknown as Palette;
}
