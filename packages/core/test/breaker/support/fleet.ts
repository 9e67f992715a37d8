import {
  CircuitBreakerFactory,
  isCircuitryError,
  MemoryBackend,
  type CallRefusedError,
  type CircuitBreaker,
  type CircuitRecord,
  type DefaultContext,
  type FactoryEvents,
  type FactoryOptions,
  type StateChange,
} from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { RecordingBackend } from './recording-backend.js';

/** When every test begins: a round number of everything. */
export const t0 = 1_767_225_600_000;

/** What a broken dependency throws. */
export const down: Error = new Error('the dependency is down');

/** A breaker of a factory that says nothing of its context. */
export type Breaker = CircuitBreaker<DefaultContext>;

/** One worker process: its factory, and its own connection to the store. */
export interface Worker {
  readonly factory: CircuitBreakerFactory;
  readonly backend: RecordingBackend;
  readonly breaker: Breaker;
  /** Every event of this worker, in order, as `[name, payload]`. */
  readonly events: EventLog;
}

/** What a factory emitted. */
export class EventLog {
  readonly all: { readonly event: keyof FactoryEvents<unknown>; readonly payload: unknown }[] = [];

  of<Event extends keyof FactoryEvents<unknown>>(event: Event): FactoryEvents<unknown>[Event][] {
    return this.all
      .filter((each) => each.event === event)
      .map(({ payload }) => payload as FactoryEvents<unknown>[Event]);
  }
}

const eventNames = [
  'stateChange',
  'refused',
  'settled',
  'lateOutcome',
  'storageFailure',
  'storageRecovered',
  'observed',
  'fault',
] as const;

/** Workers over one memory store, on one virtual clock unless a worker is given its own. */
export class Fleet {
  readonly clock: VirtualClock = new VirtualClock(t0);
  readonly memory: MemoryBackend;
  /** Every state change that any worker announced, as `'closed>open'`. */
  readonly changes: string[] = [];
  readonly announced: StateChange<unknown>[] = [];
  readonly #options: Partial<FactoryOptions>;

  /** @param storeClock null: the store gives no time of its own. */
  constructor(options: Partial<FactoryOptions> = {}, storeClock?: VirtualClock | null) {
    this.#options = options;
    this.memory = new MemoryBackend(storeClock === null ? {} : { clock: storeClock ?? this.clock });
  }

  /** One more process on the same store. @param listens whether it keeps its events, or nobody listens to any. */
  join(options: Partial<FactoryOptions> = {}, circuit = 'c', listens = true): Worker {
    const backend = new RecordingBackend(this.memory.connect());
    const events = new EventLog();
    const factory = new CircuitBreakerFactory({
      clock: this.clock,
      random: () => 0,
      onStateChange: (change) => {
        this.changes.push(`${change.from}>${change.to}`);
        this.announced.push(change);
      },
      ...this.#options,
      ...options,
      backend,
    });
    for (const event of listens ? eventNames : [])
      factory.on(event, (payload: unknown) => events.all.push({ event, payload }));
    return { factory, backend, events, breaker: factory.breakerFor(circuit, {}) };
  }

  /** What the store holds, read behind everybody's back. */
  async record(name = 'c'): Promise<CircuitRecord | null> {
    return (await this.memory.retrieve(name)).record;
  }

  async counters(name = 'c'): Promise<Readonly<Record<string, number>>> {
    return (await this.record(name))?.counters ?? {};
  }

  /** Lets everything go on that needs no time. */
  turn(): Promise<void> {
    return this.clock.advance(0);
  }
}

/** Fails `times` calls, one after another. */
export async function fail(breaker: Breaker, times = 1): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    const settled = await breaker.settle(() => {
      throw down;
    });
    if (settled.status !== 'rejected') throw new Error(`call ${index + 1} was ${settled.status}, not run`);
  }
}

/** Succeeds `times` calls, one after another. */
export async function succeed(breaker: Breaker, times = 1): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    const settled = await breaker.settle(() => 'fine');
    if (settled.status !== 'fulfilled') throw new Error(`call ${index + 1} was ${settled.status}, not run`);
  }
}

/** The refusal of a call that must be refused. */
export async function refusal(breaker: Breaker): Promise<CallRefusedError> {
  const settled = await breaker.settle(() => 'ran');
  if (settled.status === 'refused' && isCircuitryError(settled.error) && 'retryAfter' in settled.error) {
    return settled.error as CallRefusedError;
  }
  throw new Error(`the call was ${settled.status}`);
}

/** Whether a call is let through now; an admitted one succeeds. */
export async function isAdmitted(breaker: Breaker): Promise<boolean> {
  return (await breaker.settle(() => 'ran')).status === 'fulfilled';
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not reject');
}
