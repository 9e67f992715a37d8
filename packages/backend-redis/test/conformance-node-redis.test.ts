import { jest } from '@jest/globals';
import { describeConformance } from './support/conformance.js';
import { nodeRedisClusterSetup, nodeRedisSentinelSetup, nodeRedisSetup } from './support/variants.js';

jest.setTimeout(120_000);

describeConformance({
  'node-redis': () => nodeRedisSetup(),
  'node-redis with Sentinel': nodeRedisSentinelSetup,
  'node-redis with a Cluster': nodeRedisClusterSetup,
});
