import { afterEach, beforeEach, expect } from '@jest/globals';
import { nextTurn } from '@circuitry/core/testing';
import { textOf } from './nonsense.js';

/** Each of a file's tests fails where a rejection was left for nobody to hear. Called once, where the file begins. */
export function expectNothingUnheard(): void {
  const unheard: string[] = [];
  const hear = (error: unknown): void => void unheard.push(textOf(error));
  beforeEach(() => {
    unheard.length = 0;
    process.on('unhandledRejection', hear);
  });
  afterEach(async () => {
    await nextTurn();
    process.off('unhandledRejection', hear);
    expect(unheard).toEqual([]);
  });
}
