import type { CircuitRecord } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import { StorageError } from '../errors/storage-errors.js';
import { Draft } from '../machine/draft.js';
import { isCurrent } from '../machine/fence.js';
import { mergeOutcomes, reportWrite } from '../machine/report.js';
import type { Rules } from '../machine/rules.js';
import { decidedTransition, type Transition } from '../machine/transition.js';
import type { Batch } from './batch.js';
import type { Circuit } from './circuit.js';
import { isStorageFault } from './failures.js';
import type { Answer, Asker, Port, WriteAnswer } from './port.js';
import type { Services } from './services.js';

/** How often one batch is tried on records that changed under it; each time another worker made progress. */
const mostRebases = 32;

/** Hears how a delivery ended: one of the three, once. */
export interface Courier<Context> {
  /** The first `taken` ends are where they belong. */
  delivered(delivery: Delivery<Context>, taken: number): void;
  /** The state that the outcomes belong to is over, as `record` says. */
  late(delivery: Delivery<Context>, record: CircuitRecord | null): void;
  failed(delivery: Delivery<Context>, error: unknown): void;
}

/**
 * One batch on its way to a port: written, as much of it as one write may carry, again where the record changed under
 * it, and what it decides stored.
 */
export class Delivery<Context> implements Asker {
  readonly circuit: Circuit<Context>;
  readonly batch: Batch<Context>;
  readonly port: Port;
  /** What kept the batch from the store before it came here; null: nothing did. */
  readonly error: CircuitryError | null;
  readonly #services: Services<Context>;
  readonly #courier: Courier<Context>;
  #base: CircuitRecord | null;
  #taken = 0;
  #tries = 0;

  constructor(
    services: Services<Context>,
    courier: Courier<Context>,
    circuit: Circuit<Context>,
    batch: Batch<Context>,
    port: Port,
    error: CircuitryError | null,
  ) {
    this.#services = services;
    this.#courier = courier;
    this.circuit = circuit;
    this.batch = batch;
    this.port = port;
    this.error = error;
    this.#base = baseFor(circuit, batch);
  }

  send(): void {
    const { batch, circuit } = this;
    try {
      const now = this.#services.time.now();
      // What waited in memory is merged already, and goes onto another record as it is.
      const draft = batch.buffered ?? new Draft(this.#base, now, circuit.rules);
      this.#taken = batch.merged ?? mergeOutcomes(draft, batch.ends);
      if (batch.buffered !== null) batch.merged = this.#taken;
      const write = reportWrite(this.#base, draft, now, circuit.rules, this.#tries === 0);
      this.port.write(this.#base, write, now, this);
    } catch (error) {
      this.fail(error);
    }
  }

  take(answer: WriteAnswer): void {
    if (answer.applied) this.#written(answer);
    else if (!isCurrent(this.batch.fence, answer.record)) this.#courier.late(this, answer.record);
    else if (this.#tries < mostRebases) {
      this.#tries += 1;
      this.#base = answer.record;
      this.send();
    } else this.fail(changedTooOften(this.circuit.name));
  }

  fail(error: unknown): void {
    this.#courier.failed(this, error);
  }

  #written(answer: WriteAnswer): void {
    const decided = decidedBy(answer, this.circuit.rules);
    if (decided === null) this.#over();
    else
      this.#store(decided).then(
        () => this.#over(),
        (error: unknown) => this.fail(error),
      );
  }

  #over(): void {
    this.#courier.delivered(this, this.#taken);
  }

  /** Stores what the outcomes decided, until it is stored or another worker's record decides otherwise. */
  async #store(first: Transition): Promise<void> {
    let decided: Transition | null = first;
    for (let tries = 0; tries < mostRebases && decided !== null; tries += 1) {
      let answer: WriteAnswer;
      try {
        answer = await this.port.transition(decided);
      } catch (error) {
        // The outcomes are in the store: whoever reads them next finishes the transition. Counting them again would be wrong.
        if (isStorageFault(error)) return;
        throw error;
      }
      if (answer.applied) return;
      decided = decidedBy(answer, this.circuit.rules);
    }
  }
}

/**
 * The record to write on: the one last seen if the outcomes still count there. Otherwise the calls' own, whose revision
 * is over: only the answer to a write made for these outcomes may call them late, never a view.
 */
function baseFor<Context>(circuit: Circuit<Context>, batch: Batch<Context>): CircuitRecord | null {
  const seen = circuit.view;
  return seen !== null && isCurrent(batch.fence, seen.record) ? seen.record : batch.record;
}

function decidedBy({ record, now }: Answer, rules: Rules): Transition | null {
  return record === null ? null : decidedTransition(record, now, rules);
}

function changedTooOften(name: string): StorageError {
  return new StorageError(
    `Circuit ${JSON.stringify(name)} changed ${mostRebases} times while outcomes were written to it: they were given up.`,
  );
}
