import { describe, inject, it } from 'vitest';
import { describeStorageBackend } from '@circuitry/testkit';
import { harnessOn } from './harness.mjs';

const { url, missing } = inject('postgres');

if (missing === undefined) {
  // Each check has a store of its own, so they need not wait for each other.
  describeStorageBackend('PostgresBackend', harnessOn(url), { describe: describe.concurrent, it });
} else {
  it('PostgresBackend keeps the storage contract', ({ skip }) => skip(missing));
}
