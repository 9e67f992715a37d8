import { it, jest } from '@jest/globals';
import { valkeyServer } from '../../../tooling/servers/redis.mjs';
import { describeConformance } from './support/conformance.js';
import { plainSetup, quorumSetup, sentinelSetup } from './support/variants.js';

jest.setTimeout(120_000);

const valkey = valkeyServer();
if ('missing' in valkey) it.skip(`Valkey (skipped: ${valkey.missing})`, () => {});

describeConformance({
  'locks on a quorum': quorumSetup,
  Sentinel: sentinelSetup,
  ...('path' in valkey && { Valkey: () => plainSetup(undefined, { server: valkey.path }) }),
});
