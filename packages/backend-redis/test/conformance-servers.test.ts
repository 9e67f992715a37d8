import { it, jest } from '@jest/globals';
import { valkeyServer } from '../../../tooling/servers/redis.mjs';
import { describeConformance } from './support/conformance.js';
import { clusterSetup, plainSetup, quorumSetup, sentinelSetup } from './support/variants.js';

jest.setTimeout(120_000);

// A file of its own, so that it can run beside conformance.test.ts: most of the time both wait.
const valkey = valkeyServer();
if ('missing' in valkey) it.skip(`Valkey (skipped: ${valkey.missing})`, () => {});

describeConformance({
  'locks on a quorum': quorumSetup,
  Sentinel: sentinelSetup,
  Cluster: () => clusterSetup(),
  'a Cluster, as an ACL user': () => clusterSetup(true),
  ...('path' in valkey && { Valkey: () => plainSetup(undefined, { server: valkey.path }) }),
});
