import type { Change, CircuitRecord, Counters, WatchEvent } from '@circuitry/core';
import type { Fleet, Worker } from '../breaker/support/fleet.js';

/** One call of a worker as it went. */
export interface CallHistory {
  readonly outcome: 'success' | 'failure' | 'ignored';
  /** How often the work ran. */
  runs: number;
  status?: 'fulfilled' | 'rejected' | 'refused';
  value?: unknown;
  /** The state of the store, as stored, when the call began, and whether a change of it was due. */
  stateAtBegin?: CircuitRecord['state'] | 'due' | undefined;
}

/** What the store held, in order: every transition of the fleet. */
export class StoreHistory {
  readonly stored: CircuitRecord[] = [];
  readonly #begin: CircuitRecord['state'];

  constructor(begin: CircuitRecord['state']) {
    this.#begin = begin;
  }

  static async of(fleet: Fleet): Promise<StoreHistory> {
    const history = new StoreHistory((await fleet.record())?.state ?? 'closed');
    await fleet.memory.watch((event: WatchEvent) => {
      if (event.type === 'transition') history.stored.push(event.record);
    });
    return history;
  }

  /** The transitions between stored states, as `'closed>open'`, new rounds and clears left out. */
  get changes(): string[] {
    const changes: string[] = [];
    let state = this.#begin;
    for (const record of this.stored) {
      if (record.state !== state) changes.push(`${state}>${record.state}`);
      state = record.state;
    }
    return changes;
  }
}

/** How many outcomes a worker's writes carried into the store. */
export function outcomesWritten({ backend }: Worker): number {
  let written = 0;
  for (const { verb, revision, delta, next, answer } of backend.calls) {
    if ((answer as Change | undefined)?.applied !== true) continue;
    if (verb === 'apply') written += outcomesIn(delta?.add ?? {});
    // Only the store that creates the record carries outcomes here.
    if (verb === 'store' && revision === null) written += outcomesIn(next?.counters ?? {});
  }
  return written;
}

function outcomesIn(counters: Counters): number {
  return (counters['total.failures'] ?? 0) + (counters['total.successes'] ?? 0) + (counters['total.ignored'] ?? 0);
}
