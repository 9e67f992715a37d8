import type { CircuitRecord } from '../contract/record.js';
import {
  admit,
  holdsTicket,
  returnTicket,
  type Admission as MachineAnswer,
  type RefusalReason,
} from '../machine/admission.js';
import { endOf } from '../machine/information.js';
import type { DecidedBy } from '../settings/events.js';
import { Call } from './call.js';
import type { Circuit, CircuitSubject } from './circuit.js';
import type { Fallback } from './fallback.js';
import type { Answer, Port, WriteAnswer } from './port.js';
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

/** What has to be written before a call can be decided. */
type DueWrite = Extract<MachineAnswer, { readonly kind: 'ticket' | 'store' }>;

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
    const ask: Ask<Context> = { circuit, subject, signal, port: circuit.port };
    try {
      // Not `#ask`: the two usual answers, closed and open, must not pay for another promise.
      const { record, now } = await circuit.port.retrieve();
      const decision = this.#decideOn(ask, record, now);
      return 'status' in decision ? decision : await this.#write(ask, decision, record);
    } catch (error) {
      if (!this.#fallback.covers(error)) return refusedBy(error);
    }
    const port = this.#fallback.portFor(circuit);
    if (port === null) return this.#call(ask, circuit.view?.record ?? null, 'allow');
    const local = { ...ask, port };
    const { record, now } = await port.retrieve();
    const answer = this.#decideOn(local, record, now);
    const decision = 'status' in answer ? answer : await this.#write(local, answer, record);
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

  /** Admits or refuses by what was read; or what the machine wants written first. */
  #decideOn(ask: Ask<Context>, record: CircuitRecord | null, now: number): Decision<Context> | DueWrite {
    const { circuit, subject, port } = ask;
    const answer = admit(record, now, circuit.rules);
    if (answer.kind === 'admit') return this.#call(ask, record, port === circuit.port ? 'store' : 'local');
    return answer.kind === 'refuse' ? this.refuse(circuit, subject, record, answer.because, answer.until, now) : answer;
  }

  /** Writes what is due, until the call is admitted or refused. */
  async #write(ask: Ask<Context>, first: DueWrite, read: CircuitRecord | null): Promise<Decision<Context>> {
    const { circuit, port } = ask;
    let due = first;
    let base = read as CircuitRecord;
    for (;;) {
      let answer: Answer;
      if (circuit.gate === null) {
        const written = await throughGate(circuit, () => write(port, due, base));
        if (written.applied && takesTicket(due) && written.record !== null)
          return this.#tookTicket(ask, written.record, written.now);
        answer = written;
      } else {
        // Another call of this process is at it: it decides for all, and each looks again at what came of it.
        await circuit.gate.catch(() => {});
        answer = await port.retrieve();
      }
      const decision = this.#decideOn(ask, answer.record, answer.now);
      if ('status' in decision) return decision;
      due = decision;
      base = answer.record as CircuitRecord;
    }
  }

  async #tookTicket(ask: Ask<Context>, record: CircuitRecord, now: number): Promise<Decision<Context>> {
    const { circuit, subject, port } = ask;
    if (holdsTicket(record)) {
      const call = this.#call(ask, record, port === circuit.port ? 'store' : 'local', true);
      call.trial = keepTrialAlive(this.#services, call, port);
      return call;
    }
    // A ticket over the limit is given back, once. If that gets lost, the round's lease mends it.
    await port.apply(record, returnTicket).catch(() => {});
    return this.refuse(circuit, subject, record, 'trials', endOf(record), now);
  }

  #call(
    { circuit, subject, signal }: Ask<Context>,
    record: CircuitRecord | null,
    decidedBy: DecidedBy,
    isTrial = false,
  ): Call<Context> {
    return new Call(circuit, subject, record, decidedBy, isTrial, this.#services.settings.clock.now(), signal);
  }
}

function write(port: Port, due: DueWrite, base: CircuitRecord): Promise<WriteAnswer> {
  return due.kind === 'store' ? port.transition(due.transition) : port.apply(base, due.delta);
}

function takesTicket(due: DueWrite): boolean {
  return due.kind === 'ticket' || due.transition.ticket;
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
