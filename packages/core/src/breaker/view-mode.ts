import type { CircuitRecord } from '../contract/record.js';
import { counter } from '../machine/counter-names.js';
import { Draft } from '../machine/draft.js';
import { isCurrent } from '../machine/fence.js';
import { firstStep } from '../machine/start-steps.js';
import type { Admission, Decision } from './admission.js';
import { Call } from './call.js';
import type { Circuit, CircuitSubject, View } from './circuit.js';
import { hardLimit } from './circuits.js';
import type { Asker } from './port.js';
import type { Reporter } from './reporter.js';
import type { Services } from './services.js';
import type { Watcher } from './watcher.js';

/**
 * Bounded staleness: starts decided by a view that is fresh enough, and successes that wait in memory. Synchronous: on
 * the hot path there is no promise, timer or signal that the call itself does not need.
 */
export class ViewMode<Context> {
  readonly #services: Services<Context>;
  readonly #admission: Admission<Context>;
  readonly #reporter: Reporter<Context>;
  readonly #watcher: Watcher;
  /** ms */
  readonly #maxStaleness: number;
  /** Circuits whose buffers may wait at a time: as many as a process remembers at most. */
  readonly #mostWaiting: number;
  /** Circuits whose buffers wait for the next flush. */
  readonly #waiting = new Set<Circuit<Context>>();
  #cancelFlush: (() => void) | null = null;
  /** When the next flush is due, ms by the process's clock. */
  #flushAt = 0;

  constructor(
    services: Services<Context>,
    admission: Admission<Context>,
    reporter: Reporter<Context>,
    watcher: Watcher,
    maxStaleness: number,
  ) {
    this.#services = services;
    this.#admission = admission;
    this.#reporter = reporter;
    this.#watcher = watcher;
    this.#maxStaleness = maxStaleness;
    this.#mostWaiting = services.settings.maxCircuits * hardLimit;
  }

  /** Decides by the view; null where it is too old, or says that the store must be asked. */
  decide(
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    signal: AbortSignal | undefined,
  ): Decision<Context> | null {
    const { view } = circuit;
    const now = this.#services.settings.clock.now();
    if (view === null || circuit.nameFault !== null) return this.#none();
    const age = now - view.at;
    // A negative age: the clock stepped back, and nobody knows how old the view is.
    if (!(age >= 0 && age < this.#maxStaleness)) return this.#none();
    if (age * 2 >= this.#maxStaleness && !circuit.reads.isBusy && !this.#isWrittenSoon(circuit, view)) refresh(circuit);
    const { record } = view;
    if (record === null || circuit.admitting === record)
      return new Call(circuit, subject, record, 'view', false, now, signal);
    return this.#ask(circuit, subject, record, now, signal);
  }

  /** Whether a success of this call may wait in memory; then it does. */
  keepSuccess(call: Call<Context>, slow: boolean): boolean {
    const { circuit } = call;
    const record = circuit.view === null ? null : circuit.view.record;
    if (call.decidedBy !== 'view' && call.decidedBy !== 'store') return false;
    if (circuit.failuresOnTheWay > 0 || (circuit.calm !== record && !isCalm(circuit, record))) return false;
    const buffer = circuit.buffer;
    if (buffer !== null && buffer.fence === call.fence) return this.#add(buffer.draft, circuit, slow);
    return this.#keepFirst(call, record, slow);
  }

  /** Sends everything that waits. */
  async flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    const circuits = [...this.#waiting];
    this.#waiting.clear();
    await Promise.all(circuits.map((circuit) => this.#reporter.flush(circuit)));
  }

  #ask(
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    record: CircuitRecord,
    startedAt: number,
    signal: AbortSignal | undefined,
  ): Decision<Context> | null {
    const now = this.#services.time.now();
    const answer = firstStep(record, now, circuit.rules);
    if (answer.kind === 'refuse')
      return this.#admission.refuse(circuit, subject, record, answer.because, answer.until, now);
    if (answer.kind !== 'admit') return null;
    // Only time ends an override; a plain closed record admits for as long as it is the one.
    if (record.override === null) circuit.admitting = record;
    return new Call(circuit, subject, record, 'view', false, startedAt, signal);
  }

  /** Whether a write will renew the view while it is well fresh: a busy circuit then needs one read, not two. */
  #isWrittenSoon(circuit: Circuit<Context>, view: View): boolean {
    if (circuit.isSending) return true;
    return circuit.buffer !== null && this.#flushAt <= view.at + this.#maxStaleness * 0.75;
  }

  #none(): null {
    this.#watcher.begin();
    return null;
  }

  #keepFirst(call: Call<Context>, record: CircuitRecord | null, slow: boolean): boolean {
    const { circuit } = call;
    // Of an older state: its own write must say so.
    if (!isCurrent(call.fence, record)) return false;
    const buffer = circuit.buffer;
    if (buffer !== null) {
      const same = buffer.fence.state === call.fence.state && buffer.fence.since === call.fence.since;
      return same && this.#add(buffer.draft, circuit, slow);
    }
    if (this.#services.settings.counting === 'failures') return true;
    const draft = new Draft(record, this.#services.time.now(), circuit.rules);
    circuit.buffer = { fence: call.fence, record: call.record, draft, isDue: false };
    this.#waiting.add(circuit);
    this.#add(draft, circuit, slow);
    if (this.#cancelFlush === null) this.#armFlush();
    // Buffers of circuits that were forgotten count against nothing else.
    if (this.#waiting.size >= this.#mostWaiting) void this.flush();
    return true;
  }

  #armFlush(): void {
    const { clock } = this.#services.settings;
    this.#flushAt = clock.now() + this.#maxStaleness;
    this.#cancelFlush = clock.after(this.#maxStaleness, () => {
      this.#cancelFlush = null;
      void this.flush();
    });
  }

  #add(draft: Draft, circuit: Circuit<Context>, slow: boolean): true {
    // Only windows ask when an outcome came.
    if (!slow && circuit.rules.windows.length === 0) draft.addPlainSuccess();
    else draft.add({ kind: 'success', slow, at: this.#services.time.now(), openFor: null, failure: null }, true);
    return true;
  }
}

const nobody: Asker = { take: () => {}, fail: () => {} };

/** Asks for a newer view, while the present one still decides. What fails is told by whoever asks next. */
function refresh<Context>(circuit: Circuit<Context>): void {
  circuit.reads.read(nobody);
}

/** A success is no news to a circuit without consecutive failures. Known by the record's identity. */
function isCalm<Context>(circuit: Circuit<Context>, record: CircuitRecord | null): boolean {
  const calm =
    record === null || (record.state === 'closed' && (record.counters[counter.consecutiveFailures] ?? 0) === 0);
  if (calm) circuit.calm = record;
  return calm;
}
