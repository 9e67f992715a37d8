import { CorruptRecordError, StorageError, UnsupportedRecordError } from '@circuitry/core';
import type { Conduct, RecordedCall, Verb } from './recording-backend.js';

/** How a call goes wrong. */
export type Failure =
  /** Refused by the network: it never happened. */
  | 'unreachable'
  /** No answer: it never happened, but nobody knows. */
  | 'lost-request'
  /** No answer: it did happen. */
  | 'lost-answer'
  /** Neither an answer nor an end, whatever the signal says. */
  | 'hang'
  | 'corrupt'
  | 'unsupported'
  /** An error that is none of this library's. */
  | 'foreign';

/** Makes calls fail; without `verbs` all of them. */
export function failing(failure: Failure, ...verbs: Verb[]): Conduct {
  return async <T>(call: RecordedCall, make: () => Promise<T>): Promise<T> => {
    if (verbs.length > 0 && !verbs.includes(call.verb)) return make();
    switch (failure) {
      case 'unreachable':
        throw new StorageError('connect ECONNREFUSED', { ambiguous: false, scope: 'store' });
      case 'lost-request':
        throw new StorageError('read ECONNRESET', { ambiguous: true, scope: 'store' });
      case 'lost-answer':
        await make();
        throw new StorageError('read ECONNRESET', { ambiguous: true, scope: 'store' });
      case 'hang':
        return new Promise<T>(() => {});
      case 'corrupt':
        throw new CorruptRecordError(call.name, 'state', 'is "ajar"');
      case 'unsupported':
        throw new UnsupportedRecordError(call.name, 9, 1);
      case 'foreign':
        throw new TypeError('client exploded');
    }
  };
}

/** Conducts the next call of one verb so, then every call as before. */
export function once(verb: Verb, then: Conduct): Conduct {
  let isDone = false;
  return async <T>(call: RecordedCall, make: () => Promise<T>): Promise<T> => {
    if (isDone || call.verb !== verb) return make();
    isDone = true;
    return then(call, make);
  };
}

/** Calls of the given verbs wait until they are let through, one by one, in any order. */
export class Holding {
  readonly #verbs: readonly Verb[];
  readonly waiting: { readonly call: RecordedCall; readonly letGo: () => void }[] = [];

  constructor(...verbs: Verb[]) {
    this.#verbs = verbs;
  }

  readonly conduct: Conduct = async <T>(call: RecordedCall, make: () => Promise<T>): Promise<T> => {
    if (this.#verbs.includes(call.verb)) {
      await new Promise<void>((resolve) => this.waiting.push({ call, letGo: resolve }));
    }
    return make();
  };

  /** The calls that wait. */
  get size(): number {
    return this.waiting.length;
  }

  /** Lets one go: the oldest. */
  letGo(): void {
    this.waiting.shift()?.letGo();
  }

  letAllGo(): void {
    for (const { letGo } of this.waiting.splice(0)) letGo();
  }
}
