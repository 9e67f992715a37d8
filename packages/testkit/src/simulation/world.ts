import type { CircuitBreakerFactory, StorageBackend } from '@circuitry/core';
import type { VirtualClock } from '@circuitry/core/testing';
import type { Announcements } from './rules/announcements.js';
import type { Invariants } from './rules/invariants.js';
import type { Ledger } from './rules/ledger.js';
import type { FleetPlan } from './plan/plan.js';
import type { Chronicle } from './rules/violations.js';

/** The core under test: the real one, or a broken one in a test of the simulation. */
export interface CoreUnderTest {
  /** As core exports it, or a mutant of it. */
  readonly CircuitBreakerFactory: typeof CircuitBreakerFactory;
}

/** What all workers of a run share. */
export interface World {
  readonly plan: FleetPlan;
  readonly core: CoreUnderTest;
  readonly time: VirtualClock;
  readonly store: StorageBackend;
  readonly ledger: Ledger;
  readonly chronicle: Chronicle;
  readonly invariants: Invariants;
  readonly announcements: Announcements;
  readonly isStoreDown: () => boolean;
  /** Whether a circuit's dependency works now. */
  readonly isHealthy: (circuit: number) => boolean;
  /** Whether the store refuses the writes, or the reads, of one circuit now. */
  readonly isRefused: (name: string, reads: boolean) => boolean;
  /** How many works run now, by circuit. */
  readonly running: Map<string, number>;
  readonly ended: EndedCall[];
}

/** A call whose work ran and whose end was reported, true times. */
export interface EndedCall {
  readonly name: string;
  /** When it asked. */
  readonly begunAt: number;
  /** Who let it in: `'view'`: the record as its worker had last seen it. */
  readonly decidedBy: string;
  readonly kind: 'success' | 'failure' | 'ignored';
  /** When its work began, and when it was done. */
  readonly workedFrom: number;
  readonly workedUntil: number;
  /** When its caller had the answer. */
  readonly endedAt: number;
}
