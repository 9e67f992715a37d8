import { it, jest } from '@jest/globals';
import { describeConformance } from './support/conformance.js';
import { glideClusterSetup, glideSetup, noGlide } from './support/glide.js';

jest.setTimeout(120_000);

if (noGlide !== null) it.skip(`valkey-glide (skipped: ${noGlide})`, () => {});

describeConformance(
  noGlide === null ? { 'valkey-glide': glideSetup, 'valkey-glide with a Cluster': glideClusterSetup } : {},
);
