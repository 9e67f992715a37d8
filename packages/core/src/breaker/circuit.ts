import type { CircuitRecord } from '../contract/record.js';
import type { InvalidNameError } from '../errors/storage-errors.js';
import type { Draft } from '../machine/draft.js';
import type { Fence } from '../machine/fence.js';
import type { Rules } from '../machine/rules.js';
import type { Transition } from '../machine/transition.js';
import type { Health } from './health.js';
import type { LocalPort } from './local-port.js';
import type { Port } from './port.js';
import type { PendingEnd } from './reporter.js';
import { SharedReads } from './shared-reads.js';
import type { StoreClient } from './store-client.js';

/** What this process last saw of a circuit. */
export interface View {
  readonly record: CircuitRecord | null;
  /** When the call that saw it began, ms by the process's clock; −Infinity: too old for anything. */
  readonly at: number;
}

/** What a circuit is known by. */
export interface CircuitSubject<Context> {
  /** In the store. */
  readonly name: string;
  /** As given to `breakerFor`. */
  readonly circuit: string;
  readonly context: Context;
}

/** A circuit's subject, and whether its name is one. */
export interface NamedSubject<Context> extends CircuitSubject<Context> {
  /** Why no store may be asked about this name; null: it is a good one. */
  readonly nameFault: InvalidNameError | null;
}

/** Successes merged in memory until the next flush. */
export interface SuccessBuffer {
  readonly fence: Fence;
  /** The record that they were admitted by. */
  readonly record: CircuitRecord | null;
  readonly draft: Draft;
  /** Whether it goes with the next write; one that is not waits for its time, or for an end that is sent at once. */
  isDue: boolean;
}

/** What a process remembers of one circuit: its last view, and what is on its way to the store. No timer, no socket. */
export class Circuit<Context> {
  /** What it is remembered by: its name, or for a bad name something that no good name is. */
  readonly key: string;
  readonly name: string;
  /** Of the breaker that met it first: others may call it otherwise, or have another context. */
  readonly subject: NamedSubject<Context>;
  readonly nameFault: InvalidNameError | null;
  readonly rules: Rules;
  readonly reads: SharedReads;
  /** The store. */
  readonly port: Port;
  /** Nobody remembers it any more: whoever still holds it asks for its successor. */
  isForgotten = false;
  /** Null until something was seen. */
  view: View | null = null;
  /** The record of which it is known that it admits calls, whatever the time: asking the machine again is needless. */
  admitting: CircuitRecord | null = null;
  /** The record of which it is known that successes change no decision. */
  calm: CircuitRecord | null = null;
  /** A transition or ticket of this process on the wire: others wait for it, and look again. */
  gate: Promise<unknown> | null = null;
  /** Ends that wait for the write on the wire. */
  ends: PendingEnd<Context>[] = [];
  /** Failures queued or on the wire: until they are seen, a success must keep its place behind them. */
  failuresOnTheWay = 0;
  /** Whether ends are being written, one batch after another until none waits. */
  isSending = false;
  /** Told when none waits any more. */
  readonly onSent: (() => void)[] = [];
  /** Trials of this process whose work runs. */
  liveTrials = 0;
  /** Null: no success waits. */
  buffer: SuccessBuffer | null = null;
  /** This process's own machine while the store is down. */
  local: LocalPort | null = null;
  /** Of this circuit's record alone: corrupt, from a newer version, or under a name that can't be. */
  health: Health | null = null;
  /** Transitions whose store got no answer, by their `by`, and the order that an answer must exceed to tell. */
  unconfirmed: Map<string, { readonly transition: Transition; readonly after: number }> | null = null;
  /** The order of the call that the view is from. */
  #seenBy = 0;

  constructor(key: string, subject: NamedSubject<Context>, rules: Rules, client: StoreClient<Context>) {
    this.key = key;
    this.name = subject.name;
    this.subject = subject;
    this.nameFault = subject.nameFault;
    this.rules = rules;
    this.reads = new SharedReads((asker) => client.read(this, asker));
    this.port = client.portOf(this);
  }

  /**
   * Takes in an answer. The call that began later wins, whatever its revision: a failover may go back.
   *
   * @param order of the call, growing in the process
   * @returns whether the record is another one than before
   */
  see(record: CircuitRecord | null, order: number, at: number): boolean {
    if (order < this.#seenBy) return false;
    const before = this.view;
    this.#seenBy = order;
    this.view = { record, at };
    return before?.record?.revision !== record?.revision;
  }

  /**
   * Takes in a pushed record: only a higher revision is news, for pushes may come late. For the same reason it makes no
   * view younger: it is news since the last answer, and nobody knows how old.
   */
  push(record: CircuitRecord): boolean {
    if (this.view !== null && (this.view.record?.revision ?? 0) >= record.revision) return false;
    this.view = { record, at: this.view?.at ?? -Infinity };
    return true;
  }

  /** The view may have missed something: it decides nothing any more, but is still the last record seen. */
  distrustView(): void {
    if (this.view !== null) this.view = { record: this.view.record, at: -Infinity };
  }

  /** Whether forgetting it would lose something. */
  get isBusy(): boolean {
    return (
      this.isSending ||
      this.gate !== null ||
      this.liveTrials > 0 ||
      this.buffer !== null ||
      this.local !== null ||
      this.unconfirmed !== null ||
      this.reads.isBusy
    );
  }
}
