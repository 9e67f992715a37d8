import { describe, expect, it } from 'vitest';
import { describeStorageBackend } from '@circuitry/testkit';
import { UnsupportedRecordError } from '@circuitry/core';
import { decode, encode } from '../src/codec.mjs';
import { harness } from './harness.mjs';

describeStorageBackend('SqliteBackend', harness, { describe, it });

// Clause V2, which the kit can't check from outside.
it('a record of a newer format is refused by name', () => {
  const newer = encode({}).replace('"format":1', '"format":2');
  expect(() => decode('circuit', newer)).toThrow(UnsupportedRecordError);
});
