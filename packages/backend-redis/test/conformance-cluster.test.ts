import { jest } from '@jest/globals';
import { describeConformance } from './support/conformance.js';
import { clusterSetup } from './support/variants.js';

jest.setTimeout(120_000);

describeConformance({
  Cluster: () => clusterSetup(),
  'a Cluster, as an ACL user': () => clusterSetup(true),
});
