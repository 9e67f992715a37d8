import type { Circuit } from '../circuit/circuit.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord } from '../contract/record.js';
import type { RefusalReason } from '../machine/steps/start-steps.js';
import { Refusal } from './refusal.js';

/** The most that jitter adds, ms: a herd is spread by minutes, and no job of a long pause comes hours late. */
const mostJitter = 300_000;

/** One open period, or half-open round, of one circuit. */
interface Period {
  readonly since: number;
  /** How many calls this process has refused in it. */
  refused: number;
}

/** Makes refusals, and says when to come back. */
export class Refuser {
  readonly #shared: Shared;
  /** Only circuits with a `retryPace`. */
  readonly #periods = new Map<string, Period>();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** @param until when a call may be admitted, ms by the store's clock; null: nobody knows. @param now likewise. */
  refuse(
    circuit: Circuit,
    record: CircuitRecord | null,
    because: RefusalReason,
    until: number | null,
    now: number,
  ): Refusal {
    const retryAfter = until === null ? null : this.#retryAfter(circuit, record, because, Math.max(0, until - now));
    return new Refusal(circuit, record, because, retryAfter, now);
  }

  #retryAfter(circuit: Circuit, record: CircuitRecord | null, because: RefusalReason, left: number): number {
    const { retryJitter, retryPace, trialRetryAfter } = circuit.settings;
    const wait = because === 'trials' ? Math.min(left, trialRetryAfter) : left;
    const jitter = retryJitter === 0 ? 0 : Math.min(mostJitter, wait * retryJitter) * this.#shared.settings.random();
    const pause = retryPace === null ? 0 : this.#place(circuit.name, record?.since ?? 0) / retryPace;
    return Math.ceil(wait + jitter + pause);
  }

  /** Which of this process's refusals in one period it is, from 1. */
  #place(name: string, since: number): number {
    let period = this.#periods.get(name);
    if (period?.since !== since) {
      // As many as are remembered anyway.
      if (this.#periods.size >= this.#shared.settings.maxCircuits) this.#forgetOldest();
      period = { since, refused: 0 };
      this.#periods.delete(name);
      this.#periods.set(name, period);
    }
    period.refused += 1;
    return period.refused;
  }

  #forgetOldest(): void {
    for (const name of this.#periods.keys()) return void this.#periods.delete(name);
  }
}
