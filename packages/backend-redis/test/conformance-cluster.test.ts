import { jest } from '@jest/globals';
import { describeConformance } from './support/conformance.js';
import { cluster5Setup, clusterSetup } from './support/variants.js';

jest.setTimeout(120_000);

describeConformance({
  Cluster: () => clusterSetup(),
  'a Cluster, with ioredis 5': cluster5Setup,
  'a Cluster, as an ACL user': () => clusterSetup({ withRights: true }),
});
