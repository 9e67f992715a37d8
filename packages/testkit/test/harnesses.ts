import { MemoryBackend, systemClock } from '@circuitry/core';
import { corruptMemoryRecord } from '@circuitry/core/testing';
import { FaultyBackend, type StorageHarness } from '../src/index.js';

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

/** The reference backend behind a connection that can be cut: a harness with all that a check may need. */
export function cuttableHarness(kind: 'refuse' | 'hang' = 'refuse'): StorageHarness {
  return {
    open() {
      const memory = new MemoryBackend({ clock: systemClock });
      const faulty = new FaultyBackend(memory.connect());
      return {
        connect: () => faulty.connect(memory.connect()),
        outage: { begin: () => faulty.beginOutage(kind), end: () => faulty.endOutage() },
        corrupt: (name) => corruptMemoryRecord(memory, name),
        close: () => memory.close(),
      };
    },
  };
}
