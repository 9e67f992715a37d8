import type { CircuitState, Clock, MemoryBackend } from '@circuitry/core';
import type { Chronicle } from './chronicle.js';
import type { JobQueue } from './job-queue.js';
import type { Way } from './store-door.js';
import type { Tally } from './tally.js';

/** Circuits in one store for all workers; circuits of each worker's own; or no circuits. */
export type FleetKind = 'shared' | 'local' | 'none';

/** What a worker has of its fleet. */
export interface Employer {
  readonly kind: FleetKind;
  readonly chronicle: Chronicle;
  readonly tally: Tally;
  readonly queue: JobQueue;
  readonly way: Way;
  readonly clock: Clock;
  /** ms since the beginning. */
  now(): number;
  /** A new process's way to its circuits. */
  connect(): MemoryBackend;
  /** Gives jobs that are ready to workers that are free. */
  dispatch(): void;
  /** A transition of a tenant's circuit. */
  turned(worker: number, tenant: number, state: CircuitState): void;
}
