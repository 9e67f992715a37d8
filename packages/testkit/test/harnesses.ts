import { MemoryBackend, systemClock } from '@circuitry/core';
import { corruptMemoryRecord } from '@circuitry/core/testing';
import type { StorageHarness } from '../src/index.js';

/** A harness over the reference backend; `withClock` has it answer its own clock. */
export function memoryHarness(withClock = false): StorageHarness {
  return {
    open() {
      const memory = new MemoryBackend(withClock ? { clock: systemClock } : {});
      return {
        connect: () => memory.connect(),
        corrupt: (name) => corruptMemoryRecord(memory, name),
        close: () => memory.close(),
      };
    },
  };
}
