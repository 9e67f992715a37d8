import type { CircuitryError } from '../errors/circuitry-error.js';
import type { OutcomeKind } from '../machine/outcome.js';
import { Admission, refusedBy, type Applicant, type Decision } from './admission.js';
import { subjectOf } from './announcements.js';
import type { Call } from './call.js';
import type { Circuit, CircuitSubject } from './circuit.js';
import { Exclusive } from './exclusive.js';
import { Fallback } from './fallback.js';
import { Judge } from './judge.js';
import { answerOf, type Answer, type Port } from './port.js';
import { Reporter, type Reported } from './reporter.js';
import type { Services } from './services.js';
import type { StoreClient } from './store-client.js';
import { giveTicketBack } from './trials.js';
import { UntilAborted } from './until-aborted.js';
import { ViewMode } from './view-mode.js';
import { watcherOf, type Watcher } from './watcher.js';
import { withTimeout, type Work } from './work.js';

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

  /** Admits a call, or says why not; null where the store has to be asked. */
  decideAtOnce(
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    signal: AbortSignal | undefined,
  ): Decision<Context> | null {
    const { lifecycle } = this.services;
    if (lifecycle.isClosed) return refusedBy(lifecycle.closedError());
    if (signal?.aborted === true) return refusedBy(signal.reason);
    return this.#views === null ? null : this.#views.decide(circuit, subject, signal);
  }

  /** By what the store says. */
  decide(
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    signal: AbortSignal | undefined,
    applicant: Applicant<Context>,
  ): void {
    const waiting = signal === undefined ? applicant : new UntilAborted(signal, applicant, this);
    (this.#exclusive ?? this.#admission).decide(circuit, subject, signal, waiting);
  }

  /** Runs the work of a call that was admitted. */
  run<T>(work: Work<T>, call: Call<Context>): T | PromiseLike<T> {
    const { workTimeout, clock } = this.services.settings;
    return workTimeout === null ? work(call) : withTimeout(work, call, workTimeout, clock);
  }

  /** Whether the outcome may wait in memory; then it does, and the call has ended. */
  keep(call: Call<Context>, outcome: OutcomeKind): boolean {
    if (this.#views === null || outcome !== 'success' || this.services.lifecycle.isClosed) return false;
    const duration = this.#durationOf(call);
    const slow = duration > this.services.settings.slowCallAfter;
    if (!this.#views.keepSuccess(call, slow)) return false;
    call.finish();
    this.#tellSettled(call, outcome, slow, duration);
    return true;
  }

  /** Reports what the call came to. */
  end(call: Call<Context>, outcome: OutcomeKind, reported: Reported): void {
    if (this.keep(call, outcome)) return reported.over(null);
    const { settings, time, reports } = this.services;
    const duration = this.#durationOf(call);
    const slow = duration > settings.slowCallAfter && outcome !== 'ignored';
    call.finish();
    // Only windows ask when an outcome came.
    const at = call.circuit.rules.windows.length === 0 ? 0 : time.now();
    const holdsNothing = call.trial === null && call.lease === null && !reports.isHeard('settled');
    const waiting = holdsNothing ? reported : this.#letGo(call, outcome, slow, duration, reported);
    this.#reporter.report(call, outcome, slow, at, waiting);
  }

  /** As {@link end}, as a promise. */
  ended(call: Call<Context>, outcome: OutcomeKind): Promise<CircuitryError | null> {
    return new Promise((over, fail) => this.end(call, outcome, { over, fail }));
  }

  /** What a call holds is let go once it is reported, and those who listen are told. */
  #letGo(call: Call<Context>, outcome: OutcomeKind, slow: boolean, duration: number, reported: Reported): Reported {
    const letGo = async (tell: () => void): Promise<void> => {
      call.trial?.stop();
      if (call.lease !== null) await call.lease.release();
      this.#tellSettled(call, outcome, slow, duration);
      tell();
    };
    return {
      over: (error) => void letGo(() => reported.over(error)),
      fail: (error) => void letGo(() => reported.fail(error)),
    };
  }

  /** ms; 0 where nobody asks. */
  #durationOf(call: Call<Context>): number {
    if (this.#isPlain && !this.services.reports.isHeard('settled')) return 0;
    return this.services.settings.clock.now() - call.startedAt;
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
}
