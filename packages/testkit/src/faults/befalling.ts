import { StorageError, withSignal, type CallOptions } from '@circuitry/core';
import type { Fault, FaultRecord, Verb } from './fault.js';
import type { StoreConditions } from './store-conditions.js';

/** One call to the store behind. */
export interface Call<T> {
  readonly verb: Verb;
  readonly name: string;
  readonly options: CallOptions | undefined;
  /** The call itself. */
  readonly run: () => Promise<T>;
  /** Half of it, for a torn write. */
  readonly half?: () => Promise<unknown>;
}

/** What befalls calls in given conditions: the outage that there is, and the faults that are drawn or planned. */
export class Befalling {
  readonly #conditions: StoreConditions;

  constructor(conditions: StoreConditions) {
    this.#conditions = conditions;
  }

  /** The call with whatever befalls it. */
  async befall<T>(call: Call<T>): Promise<T> {
    if (call.options?.signal?.aborted === true) throw call.options.signal.reason;
    await this.#meetOutage(call, false);
    let run = call.run;
    for (const fault of this.#conditions.source.faultsFor(call.verb, call.name)) {
      this.#note(call, fault.type);
      if (fault.type === 'latency') await this.#wait(fault.ms, call.options?.signal);
      else run = this.#withFault(call, fault);
    }
    await this.#meetOutage(call, true);
    const answer = await run();
    if (this.#conditions.outage !== 'lose-replies') return answer;
    this.#note(call, 'outage');
    throw this.#error(call, 'got no answer', call.verb !== 'retrieve' && call.verb !== 'list');
  }

  #withFault<T>(call: Call<T>, fault: Exclude<Fault, { type: 'latency' }>): () => Promise<T> {
    const { run } = call;
    switch (fault.type) {
      case 'error':
        return () => Promise.reject(this.#error(call, 'was refused', false));
      case 'hang':
        return async () => {
          if (fault.applied === true) await run();
          return this.#hang(call, fault.applied === true);
        };
      case 'lost-reply':
        return async () => {
          await run();
          throw this.#error(call, 'got no answer', true);
        };
      case 'torn-write':
        return async () => {
          await (call.half ?? run)();
          throw this.#error(call, 'broke off half-way', true);
        };
      case 'duplicate':
        return async () => {
          await run();
          return run();
        };
      case 'stale-read':
        return async () => (this.#conditions.staleReading(call.name, fault.versions ?? 1) as T | null) ?? run();
    }
  }

  async #meetOutage<T>(call: Call<T>, sent: boolean): Promise<void> {
    const { outage } = this.#conditions;
    if (outage === null || outage === 'lose-replies') return;
    this.#note(call, 'outage');
    if (outage === 'hang') await this.#hang(call, sent);
    throw this.#error(call, 'was refused: the store is down', sent && call.verb !== 'retrieve' && call.verb !== 'list');
  }

  /** Never answers; rejects once the signal is aborted. */
  #hang<T>(call: Call<unknown>, ambiguous: boolean): Promise<T> {
    const never = new Promise<T>(() => {
      // A store that is gone says nothing.
    });
    return withSignal(never, call.options?.signal, (reason) =>
      this.#error(call, 'got no answer in time', ambiguous, reason),
    );
  }

  #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    let cancel = (): void => {};
    const waiting = new Promise<void>((resolve) => (cancel = this.#conditions.clock.after(ms, resolve)));
    return withSignal(waiting, signal).finally(() => cancel());
  }

  #error(call: Call<unknown>, what: string, ambiguous: boolean, reason?: unknown): StorageError {
    const cause = reason ?? new Error('FaultyBackend made this fault');
    return new StorageError(`${call.verb} of ${JSON.stringify(call.name)} ${what}.`, { cause, ambiguous });
  }

  #note(call: Call<unknown>, fault: FaultRecord['fault']): void {
    this.#conditions.history.push({ at: this.#conditions.clock.now(), verb: call.verb, name: call.name, fault });
  }
}
