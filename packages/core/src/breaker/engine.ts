import type { CircuitryError } from '../errors/circuitry-error.js';
import type { OutcomeKind } from '../machine/outcome.js';
import { Admission, refusedBy, type Decision } from './admission.js';
import { subjectOf } from './announcements.js';
import type { Call } from './call.js';
import type { Circuit, CircuitSubject } from './circuit.js';
import { Exclusive } from './exclusive.js';
import { Fallback } from './fallback.js';
import { Judge } from './judge.js';
import { answerOf, type Answer, type Port } from './port.js';
import { Reporter } from './reporter.js';
import type { Services } from './services.js';
import type { StoreClient } from './store-client.js';
import { giveTicketBack } from './trials.js';
import { ViewMode } from './view-mode.js';
import { watcherOf, type Watcher } from './watcher.js';

/** One call's way through a factory: begin, then end or release. */
export class Engine<Context> {
  readonly services: Services<Context>;
  readonly judge: Judge<Context>;
  readonly #client: StoreClient<Context>;
  readonly #admission: Admission<Context>;
  readonly #exclusive: Exclusive<Context> | null;
  readonly #reporter: Reporter<Context>;
  readonly #watcher: Watcher;
  /** Null: strict, or exclusive, which asks the store anyway. */
  readonly #views: ViewMode<Context> | null;
  /** Whether a success needs no look at its duration. */
  readonly #isPlain: boolean;

  constructor(services: Services<Context>, client: StoreClient<Context>) {
    const { settings } = services;
    const fallback = new Fallback(services, client);
    this.services = services;
    this.#client = client;
    this.judge = new Judge(settings, services.reports);
    this.#reporter = new Reporter(services, fallback);
    this.#admission = new Admission(services, fallback);
    this.#watcher = watcherOf(services);
    this.#exclusive =
      settings.exclusive && new Exclusive(services, client, this.#admission, fallback, settings.exclusive);
    const useViews = settings.consistency !== null && this.#exclusive === null;
    this.#views = useViews
      ? new ViewMode(services, this.#admission, this.#reporter, this.#watcher, settings.consistency)
      : null;
    this.#isPlain = settings.slowCallAfter === Infinity;
  }

  /** Admits a call, or says why not; without a promise where a view decides. Never rejects. */
  begin(
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    signal: AbortSignal | undefined,
  ): Decision<Context> | Promise<Decision<Context>> {
    const { lifecycle } = this.services;
    if (lifecycle.isClosed) return refusedBy(lifecycle.closedError());
    if (signal?.aborted === true) return refusedBy(signal.reason);
    if (this.#views !== null) {
      const decided = this.#views.decide(circuit, subject, signal);
      if (decided !== null) return decided;
    }
    const deciding = (this.#exclusive ?? this.#admission).decide(circuit, subject, signal);
    return signal === undefined ? deciding : this.#unlessAborted(deciding, signal);
  }

  /** Reports what the call came to: with the storage error that kept it from the store; null: none did. */
  end(call: Call<Context>, outcome: OutcomeKind): Promise<CircuitryError | null> | null {
    const { settings, time, reports, lifecycle } = this.services;
    const isHeard = reports.isHeard('settled');
    const duration = isHeard || !this.#isPlain ? settings.clock.now() - call.startedAt : 0;
    const slow = duration > settings.slowCallAfter && outcome !== 'ignored';
    call.finish();
    if (this.#views !== null && outcome === 'success' && !lifecycle.isClosed && this.#views.keepSuccess(call, slow)) {
      if (isHeard) this.#tellSettled(call, outcome, slow, duration);
      return null;
    }
    // Only windows ask when an outcome came.
    const at = call.circuit.rules.windows.length === 0 ? 0 : time.now();
    const reported = this.#reporter.report(call, outcome, slow, at);
    if (call.trial === null && call.lease === null && !isHeard) return reported;
    return this.#finish(call, reported, outcome, slow, duration);
  }

  /** What a call holds is let go once it is reported, and those who listen are told. */
  async #finish(
    call: Call<Context>,
    reported: Promise<CircuitryError | null> | null,
    outcome: OutcomeKind,
    slow: boolean,
    duration: number,
  ): Promise<CircuitryError | null> {
    try {
      return await reported;
    } finally {
      call.trial?.stop();
      if (call.lease !== null) await call.lease.release();
      this.#tellSettled(call, outcome, slow, duration);
    }
  }

  /** Gives back what an admitted call holds whose work never ran. It counts as nothing. */
  async release(call: Call<Context>): Promise<void> {
    call.finish();
    call.trial?.stop();
    // If the store is away, the leases mend it.
    if (call.isTrial) await giveTicketBack(call, this.#portOf(call)).catch(() => {});
    if (call.lease !== null) await call.lease.release();
  }

  /** What the store holds now. Asked even while it is known to be down; rejects with ERR_STORAGE whatever the policy. */
  look(circuit: Circuit<Context>): Promise<Answer> {
    const { lifecycle } = this.services;
    if (lifecycle.isClosed) return Promise.reject(lifecycle.closedError());
    const isUsable = !this.#client.isDown && circuit.health === null;
    return isUsable ? answerOf((asker) => circuit.reads.read(asker)) : this.#client.retrieve(circuit);
  }

  /** Begins to take in what the store pushes. */
  watch(): void {
    this.#watcher.begin();
  }

  /** Sends what waits in memory, and waits for what is on its way. */
  async flush(): Promise<void> {
    await this.#views?.flush();
    await this.#reporter.idle();
  }

  async close(): Promise<void> {
    this.services.lifecycle.close();
    await this.flush();
    await this.#watcher.close();
    this.#client.close();
  }

  #tellSettled(call: Call<Context>, outcome: OutcomeKind, slow: boolean, duration: number): void {
    const { reports } = this.services;
    if (!reports.isHeard('settled')) return;
    reports.emit('settled', { ...subjectOf(call.subject), outcome, slow, duration, decidedBy: call.decidedBy });
  }

  #portOf(call: Call<Context>): Port {
    const { circuit } = call;
    return call.decidedBy === 'local' ? (circuit.local ?? circuit.port) : circuit.port;
  }

  async #unlessAborted(deciding: Promise<Decision<Context>>, signal: AbortSignal): Promise<Decision<Context>> {
    let stop = (): void => {};
    const aborted = new Promise<null>((resolve) => {
      const abort = (): void => resolve(null);
      signal.addEventListener('abort', abort, { once: true });
      stop = () => signal.removeEventListener('abort', abort);
    });
    const decision = await Promise.race([deciding, aborted]);
    stop();
    if (decision !== null) return decision;
    // The caller has left: a call that is admitted after that runs nothing and holds nothing.
    void deciding.then((late) => (late.status === 'admitted' ? this.release(late) : undefined));
    return refusedBy(signal.reason);
  }
}
