import * as undici7 from 'undici';
import * as undici6 from 'undici-6';

/** The majors of undici that can be had: written against 7's types, for the others have the same of what the tests use. */
export interface Major {
  readonly major: '6' | '7' | '8';
  readonly undici: typeof undici7;
}

const undici8 = await import('undici-8').catch(() => null);

/** Why undici 8 is missing; null where it isn't. */
export const noUndici8: string | null =
  undici8 === null ? `undici 8 does not load on Node ${process.versions.node}` : null;

export const majors: readonly Major[] = [
  { major: '6', undici: undici6 as unknown as typeof undici7 },
  { major: '7', undici: undici7 },
  ...(undici8 === null ? [] : [{ major: '8', undici: undici8 as unknown as typeof undici7 } as const]),
];
