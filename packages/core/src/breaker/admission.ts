import type { CircuitRecord } from '../contract/record.js';
import { endOf } from '../machine/ends.js';
import { firstStep, type FirstStep, type RefusalReason } from '../machine/start-steps.js';
import { holdsTicket, returnTicket } from '../machine/tickets.js';
import { Call } from './call.js';
import type { Circuit, CircuitSubject } from './circuit.js';
import type { Fallback } from './fallback.js';
import { answerOf, type Answer, type Asker, type Port, type WriteAnswer } from './port.js';
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

/** Who waits for a decision; told once. Not a promise, for the reason that {@link Asker} is none. */
export interface Applicant<Context> {
  decided(decision: Decision<Context>): void;
}

/** A refusal that is none of the circuit's. */
export function refusedBy(error: unknown): Refused {
  return { status: 'refused', error };
}

/** One call's question. */
interface Asked<Context> {
  readonly circuit: Circuit<Context>;
  readonly subject: CircuitSubject<Context>;
  readonly signal: AbortSignal | undefined;
  /** The store, or this process's own machine. */
  readonly port: Port;
}

/** What has to be written before a call can be decided. */
type DueWrite = Extract<FirstStep, { readonly kind: 'ticket' | 'store' }>;

/** Asks a circuit whether a call may run: the loop around the machine's `admit`. */
export class Admission<Context> {
  readonly #services: Services<Context>;
  readonly #fallback: Fallback<Context>;

  constructor(services: Services<Context>, fallback: Fallback<Context>) {
    this.#services = services;
    this.#fallback = fallback;
  }

  decide(
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    signal: AbortSignal | undefined,
    applicant: Applicant<Context>,
  ): void {
    circuit.port.read(new Ask(this, circuit, subject, signal, applicant));
  }

  /** Admits or refuses by what was read, or writes what is due until the call is admitted or refused. */
  answer(ask: Asked<Context>, { record, now }: Answer): Decision<Context> | Promise<Decision<Context>> {
    const decision = this.#decideOn(ask, record, now);
    return 'status' in decision
      ? decision
      : this.#write(ask, decision, record).catch((error) => this.withoutStore(ask, error));
  }

  /** Goes on as the policy says. */
  async withoutStore(
    { circuit, subject, signal, port: asked }: Asked<Context>,
    error: unknown,
  ): Promise<Decision<Context>> {
    // A local port does no I/O: only the store's can fail so.
    if (asked !== circuit.port || !this.#fallback.covers(error)) return refusedBy(error);
    const port = this.#fallback.portFor(circuit);
    if (port === null) {
      const { clock } = this.#services.settings;
      return new Call(circuit, subject, circuit.view?.record ?? null, 'allow', false, clock.now(), signal);
    }
    const local = { circuit, subject, signal, port };
    const decision = await this.answer(local, await answerOf((asker) => port.read(asker)));
    this.#fallback.settle(circuit);
    return decision;
  }

  /** Whether a call would be refused by what the store holds now; takes no ticket and stores nothing. */
  async peek(circuit: Circuit<Context>, subject: CircuitSubject<Context>): Promise<Refusal<Context> | null> {
    const { record, now } = await answerOf((asker) => circuit.port.read(asker));
    const answer = firstStep(record, now, circuit.rules);
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
    if (reports.isHeard('refused'))
      reports.emit('refused', { ...subjectOf(subject), error: refusal.error, enforced: true });
    return refusal;
  }

  /** Admits or refuses by what was read; or what the machine wants written first. */
  #decideOn(ask: Asked<Context>, record: CircuitRecord | null, now: number): Decision<Context> | DueWrite {
    const { circuit, subject } = ask;
    const answer = firstStep(record, now, circuit.rules);
    if (answer.kind === 'admit') return this.#call(ask, record, false);
    return answer.kind === 'refuse' ? this.refuse(circuit, subject, record, answer.because, answer.until, now) : answer;
  }

  /** Writes what is due, until the call is admitted or refused. */
  async #write(ask: Asked<Context>, first: DueWrite, read: CircuitRecord | null): Promise<Decision<Context>> {
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
        answer = await answerOf((asker) => port.read(asker));
      }
      const decision = this.#decideOn(ask, answer.record, answer.now);
      if ('status' in decision) return decision;
      due = decision;
      base = answer.record as CircuitRecord;
    }
  }

  async #tookTicket(ask: Asked<Context>, record: CircuitRecord, now: number): Promise<Decision<Context>> {
    const { circuit, subject, port } = ask;
    if (holdsTicket(record)) {
      const call = this.#call(ask, record, true);
      call.trial = keepTrialAlive(this.#services, call, port);
      return call;
    }
    // A ticket over the limit is given back, once. If that gets lost, the round's lease mends it.
    await port.apply(record, returnTicket).catch(() => {});
    return this.refuse(circuit, subject, record, 'trials', endOf(record, now, circuit.rules), now);
  }

  #call(
    { circuit, subject, signal, port }: Asked<Context>,
    record: CircuitRecord | null,
    isTrial: boolean,
  ): Call<Context> {
    const decidedBy = port === circuit.port ? 'store' : 'local';
    return new Call(circuit, subject, record, decidedBy, isTrial, this.#services.time.readAt, signal);
  }
}

function write(port: Port, due: DueWrite, base: CircuitRecord): Promise<WriteAnswer> {
  return due.kind === 'store' ? port.transition(due.transition) : port.apply(base, due.delta);
}

function takesTicket(due: DueWrite): boolean {
  return due.kind === 'ticket' || due.transition.ticket;
}

/** Asks the store. */
class Ask<Context> implements Asked<Context>, Asker {
  readonly circuit: Circuit<Context>;
  readonly subject: CircuitSubject<Context>;
  readonly signal: AbortSignal | undefined;
  readonly port: Port;
  readonly #admission: Admission<Context>;
  readonly #applicant: Applicant<Context>;

  constructor(
    admission: Admission<Context>,
    circuit: Circuit<Context>,
    subject: CircuitSubject<Context>,
    signal: AbortSignal | undefined,
    applicant: Applicant<Context>,
  ) {
    this.#admission = admission;
    this.circuit = circuit;
    this.subject = subject;
    this.signal = signal;
    this.port = circuit.port;
    this.#applicant = applicant;
  }

  take(answer: Answer): void {
    const decision = this.#admission.answer(this, answer);
    if (decision instanceof Promise) this.#wait(decision);
    else this.#applicant.decided(decision);
  }

  fail(error: unknown): void {
    this.#wait(this.#admission.withoutStore(this, error));
  }

  #wait(deciding: Promise<Decision<Context>>): void {
    void deciding.then((decision) => this.#applicant.decided(decision));
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
