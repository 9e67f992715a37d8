import type { Call } from '../call/call.js';
import type { Circuit } from '../circuit/circuit.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord } from '../contract/record.js';
import { counter } from '../machine/facts/counter-names.js';
import { Draft } from '../machine/counting/draft.js';
import { isCurrent, sameFence } from '../machine/record/fence.js';
import type { SuccessBuffer } from './batch.js';

/**
 * Bounded staleness: one circuit's successes that wait in memory for the next flush. It holds sums, not a list: a million
 * successes take the room of one.
 */
export class SuccessBuffers {
  readonly #shared: Shared;
  readonly #circuit: Circuit;
  /** Null: no success waits. */
  #buffer: SuccessBuffer | null = null;
  /** The record of which it is known that successes change no decision; undefined: of none. */
  #calm: CircuitRecord | null | undefined = undefined;

  constructor(shared: Shared, circuit: Circuit) {
    this.#shared = shared;
    this.#circuit = circuit;
  }

  get present(): SuccessBuffer | null {
    return this.#buffer;
  }

  get isHolding(): boolean {
    return this.#buffer !== null;
  }

  get isDue(): boolean {
    return this.#buffer?.isDue === true;
  }

  /** What waits goes with the next write. */
  makeDue(): void {
    if (this.#buffer !== null) this.#buffer = { ...this.#buffer, isDue: true };
  }

  /** What waited is on its way. */
  take(): void {
    this.#buffer = null;
  }

  /** Whether a success of this call may wait; then it does. */
  keep(call: Call, slow: boolean): boolean {
    if (call.decidedBy !== 'view' && call.decidedBy !== 'store') return false;
    const { record } = this.#circuit;
    if (this.#calm !== record && !this.#isCalm(record)) return false;
    // Nobody counts it.
    if (this.#circuit.settings.counting === 'failures') return true;
    const buffer = this.#buffer;
    if (buffer !== null && buffer.fence === call.fence) return this.#add(buffer.draft, slow);
    return this.#keepFirst(call, record, slow);
  }

  /** A success is no news to a circuit without consecutive failures. Known by the record's identity. */
  #isCalm(record: CircuitRecord | null): boolean {
    const isCalm =
      record === null || (record.state === 'closed' && (record.counters[counter.consecutiveFailures] ?? 0) === 0);
    if (isCalm) this.#calm = record;
    return isCalm;
  }

  #keepFirst(call: Call, record: CircuitRecord | null, slow: boolean): boolean {
    // Of an older state: its own write must say so.
    if (!isCurrent(call.fence, record)) return false;
    if (this.#buffer !== null)
      return sameFence(this.#buffer.fence, call.fence) ? this.#add(this.#buffer.draft, slow) : false;
    const draft = new Draft(record, this.#shared.time.now(), this.#circuit.rules);
    this.#buffer = { fence: call.fence, record: call.record, draft, isDue: false };
    return this.#add(draft, slow);
  }

  #add(draft: Draft, slow: boolean): true {
    // Only windows ask when an outcome came.
    if (!slow && this.#circuit.rules.windows.length === 0) draft.addPlainSuccess();
    else draft.add({ kind: 'success', slow, at: this.#shared.time.now(), openFor: null, failure: null }, true);
    return true;
  }
}
