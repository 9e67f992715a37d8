import { randomBytes } from 'node:crypto';

/** The name of a check's first store: 13 lower-case letters and digits that no other run has. */
export function freshStoreName(): string {
  return `kit${randomBytes(5).toString('hex')}`;
}

/** The name of a check's stores, in their order: each begins with the whole of the one before. */
export function storeName(first: string, ordinal: number): string {
  return `${first}${'x'.repeat(ordinal)}`;
}
