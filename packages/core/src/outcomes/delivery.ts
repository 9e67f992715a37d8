import { failureText } from '../call/failure-text.js';
import type { Circuit } from '../circuit/circuit.js';
import type { Resolver } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import { quote } from '../errors/show.js';
import { StorageError } from '../errors/storage-errors.js';
import { Draft } from '../machine/counting/draft.js';
import { afterDecision, afterOutcomes, mostTries, type EndStep } from '../machine/steps/end-steps.js';
import { isCurrent } from '../machine/record/fence.js';
import { reportWrite } from '../machine/counting/report.js';
import type { Transition } from '../machine/transition/transition.js';
import type { RecordStore, Written } from '../store/record-store.js';
import { isStorageFault } from '../store/storage-faults.js';
import { storeTransition } from '../store/transitions.js';
import { inContextOf, type Batch, type PendingEnd } from './batch.js';

/** Hears how a delivery ended: one of the three, once. */
export interface Courier {
  /** The first `taken` ends are where they belong. */
  delivered(delivery: Delivery, taken: number): void;
  /** The state that the outcomes belong to is over, as `record` says. */
  late(delivery: Delivery, record: CircuitRecord | null): void;
  failed(delivery: Delivery, error: unknown): void;
}

/**
 * One batch on its way: written, as much of it as one write may carry, again where the record changed under it, and what
 * it decides stored.
 *
 * Where a rule asks user code, each end is merged in the async context of its own call. What a batch decides is stored, and
 * told, in that of the end that decided it.
 */
export class Delivery implements Resolver<Written> {
  readonly batch: Batch;
  /** How many of its ends were merged into what waited in memory; null: none yet. */
  merged: number | null;
  readonly records: RecordStore;
  /** What kept the batch from the store before it came here; null: nothing did. */
  readonly error: CircuitryError | null;
  readonly #shared: Shared;
  readonly #courier: Courier;
  readonly #circuit: Circuit;
  #base: CircuitRecord | null;
  #draft!: Draft;
  #taken = 0;
  #tries = 0;
  /** When this try was made, ms by the store's clock. */
  #now = 0;
  /** Whether the last end taken decides a transition, as far as this process knows. */
  #isCut = false;

  constructor(
    shared: Shared,
    courier: Courier,
    circuit: Circuit,
    batch: Batch,
    records: RecordStore,
    error: CircuitryError | null,
  ) {
    this.#shared = shared;
    this.#courier = courier;
    this.#circuit = circuit;
    this.batch = batch;
    this.merged = batch.merged;
    this.records = records;
    this.error = error;
    this.#base = baseFor(circuit, batch);
  }

  send(): void {
    this.#guarded(() => {
      const { buffered, fence } = this.batch;
      // What waited in memory is merged already, and goes onto another record as it is.
      this.#now = this.#shared.time.now();
      this.#draft = buffered?.draft ?? new Draft(this.#base, this.#now, this.#circuit.rules, fence);
      this.#isCut = false;
      if (buffered !== null && this.merged !== null) this.#write(this.merged);
      else this.#merge(0);
    });
  }

  /** Of {@link Resolver}: the write was answered. */
  resolve(answer: Written): void {
    const { record, applied } = answer;
    if (applied && record !== null && this.#circuit.rules.windows.length > 0) this.#draft.became(record);
    const last = this.#taken === 0 ? null : this.#endAt(this.#taken - 1);
    const decide = (): void => this.#guarded(() => this.#decide(answer, last));
    // What is told, and asked of user code, is the last end's: it is what a cut was made behind.
    if (last !== null && answer.applied && (this.#isCut || this.#circuit.rules.asksUser)) inContextOf(last, decide);
    else decide();
  }

  /** Of {@link Resolver}: it could not be written. */
  reject(error: unknown): void {
    this.#courier.failed(this, error);
  }

  /** Merges ends from the given place on, and stops behind the one that decides a transition. */
  #merge(from: number): void {
    for (let place = from; ; place += 1) {
      const end = this.#endAt(place);
      if (end === null) return this.#write(place);
      if (this.#circuit.rules.asksUser) {
        return inContextOf(end, () =>
          this.#guarded(() => (this.#add(end) ? this.#write(place + 1) : this.#merge(place + 1))),
        );
      }
      if (this.#add(end)) return this.#write(place + 1);
    }
  }

  /** Answers whether it decides a transition: then later outcomes would hide it. */
  #add(end: PendingEnd): boolean {
    this.#draft.add(end);
    this.#isCut = this.#draft.isDecided();
    return this.#isCut;
  }

  #write(taken: number): void {
    const { rules } = this.#circuit;
    this.#taken = taken;
    if (this.batch.buffered !== null) this.merged = taken;
    const write = reportWrite(this.#base, this.#draft, this.#now, rules, this.#tries === 0);
    this.records.write(this.#base, write, this.#now, this);
  }

  #decide(answer: Written, last: PendingEnd | null): void {
    // Known beforehand where the last end is known to decide: then this is its own context already.
    const failure = this.#isCut && answer.applied ? this.#failureText() : null;
    const step = this.#stepAfter(answer, failure);
    switch (step.kind) {
      case 'write':
        this.#tries = step.state.tries;
        this.#base = step.state.base;
        return this.send();
      case 'late':
        return this.#courier.late(this, answer.record);
      case 'given-up':
        return this.reject(changedTooOften(this.#circuit.name));
      case 'over':
        // Nothing is due: so it would be for whoever began a call now.
        this.#circuit.noteAdmitting(answer.record);
        return this.#over();
      case 'store': {
        const store = (): void =>
          this.#guarded(() => {
            const due = failure === null ? this.#stepAfter(answer, this.#failureText()) : step;
            if (due.kind === 'store') void this.#store(due.transition);
            // User code says otherwise by now.
            else this.#over();
          });
        return last === null ? store() : inContextOf(last, store);
      }
    }
  }

  #stepAfter(answer: Written, failure: string | null): EndStep {
    const state = { fence: this.batch.fence, base: this.#base, tries: this.#tries };
    return afterOutcomes(state, answer, this.#circuit.rules, failure);
  }

  /** Stores what the outcomes decided, until it is stored or another worker's record decides otherwise. */
  async #store(first: Transition): Promise<void> {
    const cause = this.#newestFailure();
    try {
      let transition = first;
      for (let tries = 1; ; tries += 1) {
        const answer = await storeTransition(this.#shared, this.#circuit, this.records, transition, cause);
        const step = afterDecision(tries, answer, this.#circuit.rules, transition.next.lastFailure);
        if (step.kind !== 'store') break;
        transition = step.transition;
      }
    } catch (error) {
      // The outcomes are in the store: whoever reads them next finishes the transition. Counting them again would be wrong.
      if (!isStorageFault(error)) return this.reject(error);
    }
    this.#over();
  }

  #over(): void {
    this.#courier.delivered(this, this.#taken);
  }

  #failureText(): string | null {
    const { describeFailure } = this.#circuit.settings;
    return failureText(this.#newestFailure()?.error, describeFailure, this.#shared.hub, this.#circuit.name);
  }

  /** The newest failure that was taken; null: there is none. */
  #newestFailure(): PendingEnd | null {
    for (let place = this.#taken - 1; place >= 0; place -= 1) {
      const end = this.#endAt(place);
      if (end?.kind === 'failure') return end;
    }
    return null;
  }

  /** One of the batch's ends, counted from its first; null: it has not so many. */
  #endAt(place: number): PendingEnd | null {
    const { ends, from, to } = this.batch;
    return from + place < to ? (ends[from + place] as PendingEnd) : null;
  }

  /** A fault of ours, or of a store of this process, must not leave the ends without an answer. */
  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.reject(error);
    }
  }
}

/**
 * The record to write on: the one last seen, if the outcomes still count there. Otherwise the one that admitted the calls.
 * It is out of date, so the write will fail, and its answer says whether the outcomes came too late: a view must never.
 */
function baseFor(circuit: Circuit, batch: Batch): CircuitRecord | null {
  const { isKnown, record } = circuit;
  return isKnown && record !== batch.record && isCurrent(batch.fence, record) ? record : batch.record;
}

function changedTooOften(name: string): StorageError {
  return new StorageError(
    `Circuit ${quote(name)} changed ${mostTries} times while outcomes were written to it: they were given up.`,
    { scope: 'circuit' },
  );
}
