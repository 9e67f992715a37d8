import type { CircuitRecord } from '../contract/record.js';
import { admit, holdsTicket, returnTicket, type RefusalReason } from '../machine/admission.js';
import { effectiveState, endOf, informationOf } from '../machine/information.js';
import type { DecidedBy } from '../settings/events.js';
import { Call } from './call.js';
import type { Circuit } from './circuit.js';
import { isStorageFault, type Fallback } from './fallback.js';
import type { Answer, Port, WriteAnswer } from './port.js';
import { refusalError, type CallRefusedError } from './refusals.js';
import type { Services } from './services.js';
import type { StoreClient } from './store-client.js';

/** What a start comes to. */
export type Decision<Context> =
  | { readonly kind: 'admitted'; readonly call: Call<Context> }
  | { readonly kind: 'refused'; readonly error: CallRefusedError };

/** Asks a circuit whether a call may run: the loop around the machine's `admit`. */
export class Admission<Context> {
  readonly #services: Services<Context>;
  readonly #client: StoreClient<Context>;
  readonly #fallback: Fallback<Context>;

  constructor(services: Services<Context>, client: StoreClient<Context>, fallback: Fallback<Context>) {
    this.#services = services;
    this.#client = client;
    this.#fallback = fallback;
  }

  /** Rejects only with a storage error, under `'throw'`. */
  async decide(circuit: Circuit<Context>, signal: AbortSignal | undefined): Promise<Decision<Context>> {
    try {
      return await this.#ask(circuit, this.#client.portOf(circuit), 'store', signal);
    } catch (error) {
      if (this.#fallback.isThrowing || !isStorageFault(error)) throw error;
    }
    const local = this.#fallback.portFor(circuit);
    if (local !== null) return this.#ask(circuit, local, 'local', signal);
    return admitted(new Call(circuit, circuit.view?.record ?? null, 'allow', false, signal));
  }

  /** Whether a call would be refused by what the store holds now; takes no ticket and stores nothing. */
  async peek(circuit: Circuit<Context>): Promise<CallRefusedError | null> {
    const { record, now } = await circuit.reads.read();
    const answer = admit(record, now, circuit.rules);
    return answer.kind === 'refuse' ? this.#refusal(circuit, record, answer.because, answer.until, now) : null;
  }

  async #ask(circuit: Circuit<Context>, port: Port, decidedBy: DecidedBy, signal: AbortSignal | undefined): Promise<Decision<Context>> {
    let { record, now }: Answer = await port.retrieve();
    for (;;) {
      const answer = admit(record, now, circuit.rules);
      if (answer.kind === 'admit') return admitted(new Call(circuit, record, decidedBy, false, signal));
      if (answer.kind === 'refuse') {
        return { kind: 'refused', error: this.#refusal(circuit, record, answer.because, answer.until, now) };
      }
      if (circuit.gate !== null) {
        // Another call of this process is at it: it decides for all, and each looks again at what came of it.
        await circuit.gate.catch(() => {});
        ({ record, now } = await port.retrieve());
        continue;
      }
      const base = record as CircuitRecord;
      const written = await this.#throughGate(circuit, () =>
        answer.kind === 'store' ? port.transition(answer.transition) : port.apply(base, answer.delta),
      );
      const takesTicket = answer.kind === 'ticket' || answer.transition.ticket;
      if (written.applied && takesTicket && written.record !== null) {
        if (holdsTicket(written.record)) return admitted(new Call(circuit, written.record, decidedBy, true, signal));
        return this.#overtaken(circuit, port, written.record, written.now);
      }
      ({ record, now } = written);
    }
  }

  /** A ticket over the limit is given back, once, and the call refused. */
  async #overtaken(circuit: Circuit<Context>, port: Port, record: CircuitRecord, now: number): Promise<Decision<Context>> {
    // If it gets lost, the round's lease mends it.
    await port.apply(record, returnTicket).catch(() => {});
    return { kind: 'refused', error: this.#refusal(circuit, record, 'trials', endOf(record), now) };
  }

  async #throughGate(circuit: Circuit<Context>, write: () => Promise<WriteAnswer>): Promise<WriteAnswer> {
    const writing = write();
    circuit.gate = writing;
    try {
      return await writing;
    } finally {
      if (circuit.gate === writing) circuit.gate = null;
    }
  }

  #refusal(circuit: Circuit<Context>, record: CircuitRecord | null, because: RefusalReason, until: number | null, now: number): CallRefusedError {
    const { settings, reports } = this.#services;
    const jitter = 1 + settings.retryJitter * settings.random();
    const error = refusalError(because, {
      circuitName: circuit.name,
      state: effectiveState(record),
      retryAfter: until === null ? null : Math.ceil(Math.max(0, until - now) * jitter),
      information: () => informationOf(record, now, circuit.rules),
    });
    if (reports.isHeard('refused')) {
      reports.emit('refused', { name: circuit.name, circuit: circuit.circuit, context: circuit.context, error });
    }
    return error;
  }
}

function admitted<Context>(call: Call<Context>): Decision<Context> {
  return { kind: 'admitted', call };
}
