import { jest } from '@jest/globals';
import { describeConformance } from './support/conformance.js';
import { aclSetup, ioredis5Setup, plainSetup } from './support/variants.js';

jest.setTimeout(120_000);

describeConformance({
  'ioredis 5': ioredis5Setup,
  'workers that decide by their own clocks': () => plainSetup(undefined, { options: { serverTime: false } }),
  'an ACL user': aclSetup,
});
