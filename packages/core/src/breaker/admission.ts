import type { CircuitRecord } from '../contract/record.js';
import { admit, holdsTicket, returnTicket, type RefusalReason } from '../machine/admission.js';
import { endOf } from '../machine/information.js';
import { Call } from './call.js';
import type { Circuit, CircuitSubject } from './circuit.js';
import type { Fallback } from './fallback.js';
import type { Port, WriteAnswer } from './port.js';
import { Refusal } from './refusal.js';
import type { Services } from './services.js';
import { subjectOf } from './announcements.js';
import { keepTrialAlive } from './trials.js';

/** What a start comes to. */
export type Decision<Context> = Call<Context> | Refused;

/** The work must not run: a circuit's refusal, or whatever else kept it from being admitted. */
export interface Refused {
  readonly status: 'refused';
  readonly error: unknown;
}

/** A refusal that is none of the circuit's. */
export function refusedBy(error: unknown): Refused {
  return { status: 'refused', error };
}

/** One call's question. */
interface Ask<Context> {
  readonly circuit: Circuit<Context>;
  readonly subject: CircuitSubject<Context>;
  readonly signal: AbortSignal | undefined;
  /** The store, or this process's own machine. */
  readonly port: Port;
}

/** Asks a circuit whether a call may run: the loop around the machine's `admit`. */
export class Admission<Context> {
  readonly #services: Services<Context>;
  readonly #fallback: Fallback<Context>;

  constructor(services: Services<Context>, fallback: Fallback<Context>) {
    this.#services = services;
    this.#fallback = fallback;
  }

  /** Never rejects. */
  async decide(
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    signal: AbortSignal | undefined,
  ): Promise<Decision<Context>> {
    try {
      return await this.#ask({ circuit, subject, signal, port: circuit.port });
    } catch (error) {
      if (!this.#fallback.covers(error)) return refusedBy(error);
    }
    const port = this.#fallback.portFor(circuit);
    if (port === null) {
      const startedAt = this.#services.settings.clock.now();
      return new Call(circuit, subject, circuit.view?.record ?? null, 'allow', false, startedAt, signal);
    }
    const decision = await this.#ask({ circuit, subject, signal, port });
    this.#fallback.settle(circuit);
    return decision;
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
    if (reports.isHeard('refused')) reports.emit('refused', { ...subjectOf(subject), error: refusal.error });
    return refusal;
  }

  async #ask(ask: Ask<Context>): Promise<Decision<Context>> {
    const { circuit, subject, port } = ask;
    let { record, now } = await port.retrieve();
    for (;;) {
      const answer = admit(record, now, circuit.rules);
      if (answer.kind === 'admit') return this.#admitted(ask, record, false);
      if (answer.kind === 'refuse') return this.refuse(circuit, subject, record, answer.because, answer.until, now);
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
      ({ record, now } = written);
      const takesTicket = answer.kind === 'ticket' || answer.transition.ticket;
      if (written.applied && takesTicket && record !== null) {
        if (holdsTicket(record)) return this.#admitted(ask, record, true);
        // A ticket over the limit is given back, once. If that gets lost, the round's lease mends it.
        await port.apply(record, returnTicket).catch(() => {});
        return this.refuse(circuit, subject, record, 'trials', endOf(record), now);
      }
    }
  }

  #admitted(
    { circuit, subject, signal, port }: Ask<Context>,
    record: CircuitRecord | null,
    isTrial: boolean,
  ): Call<Context> {
    const decidedBy = port === circuit.port ? 'store' : 'local';
    const startedAt = this.#services.settings.clock.now();
    const call = new Call(circuit, subject, record, decidedBy, isTrial, startedAt, signal);
    if (isTrial) call.trial = keepTrialAlive(this.#services, call, port);
    return call;
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
