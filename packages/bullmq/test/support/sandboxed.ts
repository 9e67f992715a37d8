import { CircuitBreakerFactory, MemoryBackend } from '@circuitry/core';
import { protectProcessor, type CircuitProcessor } from '../../src/index.js';

const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), failureCountThreshold: 1, allowAfter: '1h' });

/** The first job fails, and its circuit refuses the second. */
const processor: CircuitProcessor<object, string, string> = protectProcessor<object, string>(
  factory,
  { circuit: 'send-mail' },
  async () => {
    throw new Error('HTTP 503');
  },
);

// eslint-disable-next-line no-restricted-exports -- where BullMQ looks for a sandboxed processor
export { processor as default };
