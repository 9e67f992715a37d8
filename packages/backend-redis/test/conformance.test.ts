import { jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { describeConformance } from './support/conformance.js';
import { uniquePrefix } from './support/servers.js';
import { plainSetup } from './support/variants.js';

jest.setTimeout(120_000);

describeConformance({
  'one server': () => plainSetup(),
  'a client that never resends': () =>
    plainSetup((port) => new Redis({ port, maxRetriesPerRequest: 0, disconnectTimeout: 0 })),
  'an awkward prefix, a keyPrefix and RESP2': () =>
    plainSetup((port) => new Redis({ port, keyPrefix: 'app:{x}', protocol: 2, disconnectTimeout: 0 }), {
      keyPrefix: 'app:{x}',
      newPrefix: () => `{%}*:${uniquePrefix()}`,
    }),
});
