import type { Call, Held } from '../call/call.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord, Delta } from '../contract/record.js';
import { quote } from '../errors/show.js';
import { counter } from '../machine/facts/counter-names.js';
import { isCurrent } from '../machine/record/fence.js';
import { momentAfter } from '../machine/facts/moment.js';
import { renewLease, returnTicket } from '../machine/record/tickets.js';
import { subjectOf } from '../store/announcements.js';
import type { RecordStore, Written } from '../store/record-store.js';
import { changeCounters } from '../store/transitions.js';

/**
 * A trial whose work runs. It renews its lease every third of it, in the factory's own async context, for at most
 * `longestTrial`: a hung trial in a living worker must not hold its round for ever. Then its ticket is given back, so that
 * another call may try; its outcome may still decide.
 */
export class TrialLease implements Held {
  readonly token = null;
  readonly stopsWork = false;
  readonly #shared: Shared;
  readonly #call: Call;
  readonly #records: RecordStore;
  /** ms by the process's clock */
  readonly #startedAt: number;
  readonly #givenUpAt: number;
  #base: CircuitRecord;
  #isOver = false;
  #cancel: () => void = () => {};

  constructor(shared: Shared, call: Call, records: RecordStore) {
    this.#shared = shared;
    this.#call = call;
    this.#records = records;
    this.#base = call.record as CircuitRecord;
    this.#startedAt = call.startedAt;
    this.#givenUpAt = shared.settings.clock.now() + call.circuit.settings.longestTrial;
    this.#arm();
  }

  async letGo(isUsed: boolean): Promise<void> {
    this.#stop();
    // A trial that never ran gives its ticket back; where that gets lost, the round's lease mends it.
    if (!isUsed && !this.#call.isGivenUp) await giveTicketBack(this.#shared, this.#call, this.#records, this.#base);
  }

  #arm(): void {
    const { clock } = this.#shared.settings;
    const beat = (): void => this.#shared.context.soon(() => void this.#beat());
    this.#cancel = clock.after(this.#call.circuit.settings.trialLease / 3, beat, { background: true });
  }

  async #beat(): Promise<void> {
    if (this.#isOver) return;
    const { clock } = this.#shared.settings;
    if (clock.now() >= this.#givenUpAt) return this.#giveUp();
    const { time } = this.#shared;
    try {
      const made = time.now();
      const renewal = renewLease(this.#base, made, this.#call.circuit.rules);
      const answer = await this.#change(renewal);
      const { trialLease } = this.#call.circuit.settings;
      // Made by a clock that the answer has put right: a deadline far ahead would hold the round for as long.
      if (answer.applied && made - answer.now > trialLease / 3)
        await this.#change({ set: { [counter.trialsDeadline]: momentAfter(answer.now, trialLease) } });
    } catch {
      // The store is away; the lease has two more beats.
    }
    if (!this.#isOver) this.#arm();
  }

  /** Applies a change to the round's record. A renewal that finds the round over is the last. */
  async #change(delta: Delta): Promise<Written> {
    const answer = await changeCounters(this.#shared, this.#records, this.#base, delta);
    if (answer.record === null || !isCurrent(this.#call.fence, answer.record)) this.#stop();
    else this.#base = answer.record;
    return answer;
  }

  async #giveUp(): Promise<void> {
    this.#stop();
    this.#call.giveUp();
    const { hub, settings } = this.#shared;
    const { circuit, subject } = this.#call;
    const duration = settings.clock.now() - this.#startedAt;
    hub.log('warn', `A trial of circuit ${quote(circuit.name)} ran longer than longestTrial: another may try`, {
      circuit: circuit.name,
      duration,
    });
    if (hub.heard.trialGivenUp !== undefined) hub.emit('trialGivenUp', { ...subjectOf(subject), duration });
    await giveTicketBack(this.#shared, this.#call, this.#records, this.#base);
  }

  #stop(): void {
    this.#isOver = true;
    this.#cancel();
  }
}

/** Gives back a ticket. If it gets lost, the round's lease mends it. */
async function giveTicketBack(shared: Shared, call: Call, records: RecordStore, first: CircuitRecord): Promise<void> {
  let base = first;
  try {
    for (let tries = 0; tries < 2; tries += 1) {
      const answer = await changeCounters(shared, records, base, returnTicket);
      if (answer.applied || answer.record === null || !isCurrent(call.fence, answer.record)) return;
      base = answer.record;
    }
  } catch {
    // The store is away.
  }
}
