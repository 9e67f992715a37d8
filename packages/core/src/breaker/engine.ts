import { ClosedError } from '../errors/storage-errors.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import type { OutcomeKind } from '../machine/outcome.js';
import { Admission, type Decision } from './admission.js';
import type { Call } from './call.js';
import type { Circuit } from './circuit.js';
import { Exclusive } from './exclusive.js';
import { Fallback } from './fallback.js';
import { Judge } from './judge.js';
import type { Answer, Port } from './port.js';
import { Reporter } from './reporter.js';
import type { Services } from './services.js';
import type { StoreClient } from './store-client.js';
import { giveTicketBack, keepTrialAlive } from './trials.js';

/** One call's way through a factory: begin, then end or release. */
export class Engine<Context> {
  readonly services: Services<Context>;
  readonly judge: Judge<Context>;
  readonly reporter: Reporter<Context>;
  readonly #client: StoreClient<Context>;
  readonly #admission: Admission<Context>;
  readonly #exclusive: Exclusive<Context> | null;
  #isClosed = false;

  constructor(services: Services<Context>, client: StoreClient<Context>) {
    const { settings } = services;
    const fallback = new Fallback(services, client);
    this.services = services;
    this.#client = client;
    this.judge = new Judge(settings, services.reports);
    this.reporter = new Reporter(services, client, fallback);
    this.#admission = new Admission(services, client, fallback);
    this.#exclusive = settings.exclusive && new Exclusive(services, this.#admission, fallback, settings.exclusive);
  }

  /**
   * Admits a call, or says why not. Rejects with the signal's reason, a storage error under `'throw'`, a lock's
   * time-out, or ERR_CLOSED; then nothing is held.
   */
  async begin(circuit: Circuit<Context>, signal: AbortSignal | undefined): Promise<Decision<Context>> {
    if (signal?.aborted === true) throw signal.reason;
    if (this.#isClosed) throw new ClosedError('This CircuitBreakerFactory');
    const deciding = (this.#exclusive ?? this.#admission).decide(circuit, signal);
    const decision = signal === undefined ? await deciding : await this.#unlessAborted(deciding, signal);
    if (decision.kind === 'refused') return decision;
    const { call } = decision;
    if (call.hasTicket) call.trial = keepTrialAlive(this.services, call, this.#portOf(call));
    call.startedAt = this.services.settings.clock.now();
    return decision;
  }

  /** Reports what the call came to. Answers the storage error that kept it from the store; null: none did. */
  async end(call: Call<Context>, outcome: OutcomeKind): Promise<CircuitryError | null> {
    const { settings, time, reports } = this.services;
    const duration = settings.clock.now() - call.startedAt;
    const slow = outcome !== 'ignored' && duration > settings.slowCallAfter;
    call.finish();
    try {
      return await this.reporter.report(call, { kind: outcome, slow, at: time.now() });
    } finally {
      call.trial?.stop();
      if (call.lease !== null) await call.lease.release();
      if (reports.isHeard('settled')) {
        const { name, circuit, context } = call.circuit;
        reports.emit('settled', { name, circuit, context, outcome, slow, duration, decidedBy: call.decidedBy });
      }
    }
  }

  /** Gives back what an admitted call holds whose work never ran. It counts as nothing. */
  async release(call: Call<Context>): Promise<void> {
    call.finish();
    call.trial?.stop();
    // If the store is away, the leases mend it.
    if (call.hasTicket) await giveTicketBack(call, this.#portOf(call)).catch(() => {});
    if (call.lease !== null) await call.lease.release();
  }

  /** What the store holds now. Asked even while it is known to be down; rejects with ERR_STORAGE whatever the policy. */
  look(circuit: Circuit<Context>): Promise<Answer> {
    if (this.#isClosed) return Promise.reject(new ClosedError('This CircuitBreakerFactory'));
    return this.#client.isDown ? this.#client.retrieve(circuit, true) : circuit.reads.read();
  }

  close(): void {
    this.#isClosed = true;
  }

  #portOf(call: Call<Context>): Port {
    const { circuit } = call;
    const store = this.#client.portOf(circuit);
    return call.decidedBy === 'local' ? (circuit.local ?? store) : store;
  }

  async #unlessAborted(deciding: Promise<Decision<Context>>, signal: AbortSignal): Promise<Decision<Context>> {
    let stop = (): void => {};
    const aborted = new Promise<never>((_, reject) => {
      const abort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
      stop = () => signal.removeEventListener('abort', abort);
    });
    try {
      return await Promise.race([deciding, aborted]);
    } catch (error) {
      // The caller has left: a call that is admitted after that runs nothing and holds nothing.
      deciding.then((decision) => (decision.kind === 'admitted' ? this.release(decision.call) : undefined)).catch(() => {});
      throw error;
    } finally {
      stop();
    }
  }
}
