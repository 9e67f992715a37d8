import type { Call } from '../call/call.js';
import type { Circuit } from '../circuit/circuit.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord } from '../contract/record.js';
import { counter } from '../machine/facts/counter-names.js';
import { Draft } from '../machine/counting/draft.js';
import { askWhen } from '../machine/window/window-spec.js';
import { isCurrent, sameFence } from '../machine/record/fence.js';
import type { Writable } from '../time/writable.js';
import type { SuccessBuffer } from './batch.js';

/**
 * Bounded staleness: one circuit's successes that wait in memory for the next flush. It holds sums, not a list: a million
 * successes take the room of one.
 */
export class SuccessBuffers {
  readonly #shared: Shared;
  readonly #circuit: Circuit;
  /** What waits; null: no success does. */
  readonly present: SuccessBuffer | null = null;
  /** The record of which it is known that successes change no decision; undefined: of none. */
  #calm: CircuitRecord | null | undefined = undefined;

  constructor(shared: Shared, circuit: Circuit) {
    this.#shared = shared;
    this.#circuit = circuit;
  }

  /** What waits goes with the next write. */
  makeDue(): void {
    if (this.present !== null) this.#set({ ...this.present, isDue: true });
  }

  /** What waited is on its way. */
  take(): void {
    this.#set(null);
  }

  /** Whether a success of this call may wait; then it does. */
  keep(call: Call, slow: boolean): boolean {
    if (call.decidedBy !== 'view' && call.decidedBy !== 'store') return false;
    const { record } = this.#circuit;
    if (this.#calm !== record && !this.#isCalm(record)) return false;
    const buffer = this.present;
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
    if (this.present !== null)
      return sameFence(this.present.fence, call.fence) ? this.#add(this.present.draft, slow) : false;
    const draft = new Draft(record, this.#shared.time.now(), this.#circuit.rules);
    this.#set({ fence: call.fence, record: call.record, draft, isDue: false });
    return this.#add(draft, slow);
  }

  #set(buffer: SuccessBuffer | null): void {
    (this as Writable<SuccessBuffers>).present = buffer;
  }

  #add(draft: Draft, slow: boolean): true {
    const { windows } = this.#circuit.rules;
    if (!slow && windows.length === 0) draft.addPlainSuccess();
    else {
      const at = askWhen(windows) ? this.#shared.time.now() : 0;
      draft.add({ kind: 'success', slow, at, openFor: null, failure: null }, true);
    }
    return true;
  }
}
