import { type Clock, MemoryBackend, systemClock } from '@circuitry/core';
import { corruptMemoryRecord, heldMemoryRecords } from '@circuitry/core/testing';
import { FaultyBackend, type StorageHarness } from '../src/index.js';

/** A harness over the reference backend; with a clock it answers that clock's time. */
export function memoryHarness(clock?: Clock): StorageHarness {
  return {
    open() {
      const memory = new MemoryBackend(clock === undefined ? {} : { clock });
      return {
        connect: () => memory.connect(),
        held: () => heldMemoryRecords(memory),
        corrupt: (name) => corruptMemoryRecord(memory, name),
        close: () => memory.close(),
      };
    },
  };
}

/** The reference backend behind a connection that can be cut: a harness with all that a check may need. */
export function cuttableHarness(kind: 'refuse' | 'hang' | 'both' = 'both', clock: Clock = systemClock): StorageHarness {
  return {
    open() {
      const memory = new MemoryBackend({ clock });
      const faulty = new FaultyBackend(memory.connect(), { clock });
      return {
        connect: () => faulty.connect(memory.connect()),
        outage: { begin: (how) => faulty.beginOutage(kind === 'both' ? how : kind), end: () => faulty.endOutage() },
        lostReplies: { begin: () => faulty.beginOutage('lose-replies'), end: () => faulty.endOutage() },
        held: () => heldMemoryRecords(memory),
        corrupt: (name) => corruptMemoryRecord(memory, name),
        close: () => memory.close(),
      };
    },
  };
}
