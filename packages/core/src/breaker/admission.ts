import type { CircuitRecord } from '../contract/record.js';
import { admit, holdsTicket, returnTicket, type RefusalReason } from '../machine/admission.js';
import { endOf } from '../machine/information.js';
import { Call } from './call.js';
import type { Circuit, CircuitSubject } from './circuit.js';
import { isStorageFault, type Fallback } from './fallback.js';
import type { Answer, Port, WriteAnswer } from './port.js';
import { Refusal } from './refusal.js';
import type { Services } from './services.js';
import { subjectOf } from './announcements.js';
import { keepTrialAlive } from './trials.js';

/** What a start comes to. */
export type Decision<Context> = Call<Context> | Refusal<Context>;

/** Who asks. */
export interface Caller<Context> {
  readonly subject: CircuitSubject<Context>;
  readonly signal: AbortSignal | undefined;
}

/** Asks a circuit whether a call may run: the loop around the machine's `admit`. */
export class Admission<Context> {
  readonly #services: Services<Context>;
  readonly #fallback: Fallback<Context>;

  constructor(services: Services<Context>, fallback: Fallback<Context>) {
    this.#services = services;
    this.#fallback = fallback;
  }

  /** Rejects only with a storage error, under `'throw'`. */
  async decide(circuit: Circuit<Context>, caller: Caller<Context>): Promise<Decision<Context>> {
    let port = circuit.port;
    for (;;) {
      try {
        const decision = await this.#ask(circuit, port, await port.retrieve(), caller);
        if (port !== circuit.port) this.#fallback.settle(circuit);
        return decision;
      } catch (error) {
        // A local port does no I/O: only the store's can fail so.
        if (!isStorageFault(error) || this.#fallback.isThrowing) throw error;
      }
      const local = this.#fallback.portFor(circuit);
      if (local === null) return this.#unprotected(circuit, caller);
      port = local;
    }
  }

  /** Whether a call would be refused by what the store holds now; takes no ticket and stores nothing. */
  async peek(circuit: Circuit<Context>, subject: CircuitSubject<Context>): Promise<Refusal<Context> | null> {
    const { record, now } = await circuit.port.retrieve();
    const answer = admit(record, now, circuit.rules);
    return answer.kind === 'refuse' ? this.refuse(circuit, subject, record, answer.because, answer.until, now) : null;
  }

  /** A refusal, told to whoever listens. */
  refuse(
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    record: CircuitRecord | null,
    because: RefusalReason,
    until: number | null,
    now: number,
  ): Refusal<Context> {
    const { settings, reports } = this.#services;
    const jitter = settings.retryJitter === 0 ? 1 : 1 + settings.retryJitter * settings.random();
    const retryAfter = until === null ? null : Math.ceil(Math.max(0, until - now) * jitter);
    const refusal = new Refusal(circuit, record, because, retryAfter, now);
    if (reports.isHeard('refused')) {
      reports.emit('refused', { ...subjectOf(subject), error: refusal.error });
    }
    return refusal;
  }

  /** Synchronous in the two usual cases, closed and open: a promise that nobody waits for is still a promise. */
  #ask(
    circuit: Circuit<Context>,
    port: Port,
    { record, now }: Answer,
    caller: Caller<Context>,
  ): Decision<Context> | Promise<Decision<Context>> {
    const answer = admit(record, now, circuit.rules);
    if (answer.kind === 'admit') return this.#admitted(circuit, port, record, false, caller);
    if (answer.kind === 'refuse')
      return this.refuse(circuit, caller.subject, record, answer.because, answer.until, now);
    return this.#askWithWrites(circuit, port, record, now, caller);
  }

  async #askWithWrites(
    circuit: Circuit<Context>,
    port: Port,
    first: CircuitRecord | null,
    firstNow: number,
    caller: Caller<Context>,
  ): Promise<Decision<Context>> {
    let record = first;
    let now = firstNow;
    for (;;) {
      const answer = admit(record, now, circuit.rules);
      if (answer.kind === 'admit') return this.#admitted(circuit, port, record, false, caller);
      if (answer.kind === 'refuse')
        return this.refuse(circuit, caller.subject, record, answer.because, answer.until, now);
      if (circuit.gate !== null) {
        // Another call of this process is at it: it decides for all, and each looks again at what came of it.
        await circuit.gate.catch(() => {});
        ({ record, now } = await port.retrieve());
        continue;
      }
      const base = record as CircuitRecord;
      const written = await throughGate(circuit, () =>
        answer.kind === 'store' ? port.transition(answer.transition) : port.apply(base, answer.delta),
      );
      const takesTicket = answer.kind === 'ticket' || answer.transition.ticket;
      if (written.applied && takesTicket && written.record !== null) {
        if (holdsTicket(written.record)) return this.#admitted(circuit, port, written.record, true, caller);
        return this.#overtaken(circuit, caller.subject, port, written.record, written.now);
      }
      ({ record, now } = written);
    }
  }

  #admitted(
    circuit: Circuit<Context>,
    port: Port,
    record: CircuitRecord | null,
    hasTicket: boolean,
    caller: Caller<Context>,
  ): Call<Context> {
    const decidedBy = port === circuit.port ? 'store' : 'local';
    const call = new Call(
      circuit,
      caller.subject,
      record,
      decidedBy,
      hasTicket,
      this.#services.settings.clock.now(),
      caller.signal,
    );
    if (hasTicket) call.trial = keepTrialAlive(this.#services, call, port);
    return call;
  }

  #unprotected(circuit: Circuit<Context>, { subject, signal }: Caller<Context>): Call<Context> {
    return new Call(
      circuit,
      subject,
      circuit.view?.record ?? null,
      'allow',
      false,
      this.#services.settings.clock.now(),
      signal,
    );
  }

  /** A ticket over the limit is given back, once, and the call refused. */
  async #overtaken(
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    port: Port,
    record: CircuitRecord,
    now: number,
  ): Promise<Decision<Context>> {
    // If it gets lost, the round's lease mends it.
    await port.apply(record, returnTicket).catch(() => {});
    return this.refuse(circuit, subject, record, 'trials', endOf(record), now);
  }
}

async function throughGate<Context>(
  circuit: Circuit<Context>,
  write: () => Promise<WriteAnswer>,
): Promise<WriteAnswer> {
  const writing = write();
  circuit.gate = writing;
  try {
    return await writing;
  } finally {
    if (circuit.gate === writing) circuit.gate = null;
  }
}
