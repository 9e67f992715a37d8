import { fileURLToPath } from 'node:url';
import { preset } from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'backend-redis',
  // Nearly all of the time these tests wait, for leases to end and servers to fail over: more of them than processors.
  maxWorkers: 4,
  testSequencer: fileURLToPath(new URL('test/support/longest-first.mjs', import.meta.url)),
};
