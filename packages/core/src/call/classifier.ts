import { isAborted, reasonOf } from '../contract/with-signal.js';
import { someCause } from '../errors/causes.js';
import { isExpected } from '../errors/expected-error.js';
import { isCircuitryError } from '../errors/circuitry-error.js';
import { show } from '../errors/show.js';
import { atOnce } from '../events/call-safely.js';
import type { EventHub } from '../events/event-hub.js';
import type { OutcomeKind } from '../machine/facts/outcome.js';
import type { Settings } from '../settings/parse-settings.js';
import { parseDuration } from '../time/duration.js';
import type { Call } from './call.js';

/** What a call came to, as the circuit counts it. */
export interface Verdict {
  readonly kind: OutcomeKind;
  /** Told to wait: how long, ms, capped by `maxOpenFor`; null: nobody said. */
  readonly openFor: number | null;
}

export const succeeded: Verdict = Object.freeze({ kind: 'success', openFor: null });
const failed: Verdict = Object.freeze({ kind: 'failure', openFor: null });
export const ignored: Verdict = Object.freeze({ kind: 'ignored', openFor: null });
const plain = { success: succeeded, failure: failed, ignored } as const;

/** Decides what a value or an error says about the dependency: the user's matchers first, then the default. */
export class Classifier {
  readonly #settings: Settings<unknown>;
  readonly #hub: EventHub;

  constructor(settings: Settings<unknown>, hub: EventHub) {
    this.#settings = settings;
    this.#hub = hub;
  }

  ofValue(value: unknown, call: Call): Verdict {
    const matcher = this.#settings.resultMatcher;
    return matcher === undefined ? succeeded : (this.#ask('resultMatcher', matcher, value, call) ?? succeeded);
  }

  ofError(error: unknown, call: Call): Verdict {
    if (error === call.abortReason && isCircuitryError(error, 'ERR_WORK_TIMEOUT')) return failed;
    const { errorMatcher, errorMatchers } = this.#settings;
    const matcher = errorMatchers.get(call.subject.circuit) ?? errorMatcher;
    const verdict = matcher === undefined ? null : this.#ask('errorMatcher', matcher, error, call);
    return verdict ?? defaultOf(error, call);
  }

  /** A failure by which the dependency may have said when to come back. @param source where that stands, as `openFor` */
  told(source: unknown, call: Call): Verdict {
    try {
      const { openFor } = Object(source) as { readonly openFor?: unknown };
      if (openFor === undefined || openFor === null) return failed;
      const ms = parseDuration(openFor);
      if (ms === null || Number.isNaN(ms))
        throw new TypeError(`openFor was ${show(openFor)}, not a duration: the failure counts without it`);
      return ms < 1 ? failed : { kind: 'failure', openFor: Math.min(ms, this.#settings.maxOpenFor) };
    } catch (error) {
      this.#hub.fault('errorMatcher', error, call.circuit.name);
      return failed;
    }
  }

  /** Null: the matcher threw, or answered nonsense. */
  #ask(
    setting: 'errorMatcher' | 'resultMatcher',
    matcher: (subject: unknown) => unknown,
    subject: unknown,
    call: Call,
  ): Verdict | null {
    try {
      const answer = atOnce(matcher(subject));
      if (answer === 'success' || answer === 'failure' || answer === 'ignored') return plain[answer];
      const { kind } = Object(answer) as { readonly kind?: unknown };
      if (kind === 'failure') return this.told(answer, call);
      if (kind === 'success' || kind === 'ignored') return plain[kind];
      const fault = `${setting} answered ${show(answer)}, not 'success', 'failure', 'ignored' or { kind: 'failure', openFor }`;
      this.#hub.fault(setting, new TypeError(fault), call.circuit.name);
    } catch (error) {
      this.#hub.fault(setting, error, call.circuit.name);
    }
    return null;
  }
}

/**
 * Expected errors prove that the dependency answers. What the caller cancelled proves nothing, whatever shape its client
 * gives the error; only a time-out of the caller's is a failure, as `workTimeout` is. A refusal of this library that comes
 * out of the work is another circuit's, or this one's in a nested call, and proves nothing either. All else is a failure.
 */
function defaultOf(error: unknown, call: Call): Verdict {
  if (isExpected(error)) return succeeded;
  const caller = call.callersSignal;
  if (isAborted(caller)) return isTimeout(reasonOf(caller)) ? failed : ignored;
  if (call.abortReason !== undefined || isRefusal(error)) return ignored;
  return failed;
}

/** Also that of another circuit, whose work this call is part of. */
function isTimeout(reason: unknown): boolean {
  if (isCircuitryError(reason, 'ERR_WORK_TIMEOUT')) return true;
  try {
    return (reason as { readonly name?: unknown } | null | undefined)?.name === 'TimeoutError';
  } catch {
    return false;
  }
}

/** A circuit's own, and what keeps work from running, or stops it, where a store or a lock fails another circuit. */
const refusals = [
  'ERR_CIRCUIT_OPEN',
  'ERR_TOO_MANY_TRIALS',
  'ERR_FORCED_OPEN',
  'ERR_LOCK_TIMEOUT',
  'ERR_LEASE_LOST',
  'ERR_CLOSED',
  'ERR_STORAGE',
  'ERR_CORRUPT_RECORD',
  'ERR_UNSUPPORTED_RECORD',
  'ERR_INVALID_NAME',
] as const;

/** Whether an error, or one that it names as its cause, is a refusal of this library, or nothing but refusals. Never throws. */
function isRefusal(error: unknown): boolean {
  const isOne = (each: object): boolean => refusals.some((code) => isCircuitryError(each, code));
  return someCause(error, (each) => {
    if (isOne(each)) return true;
    // What Promise.any rejects with: several circuits were tried, and each refused.
    const { errors } = each as { readonly errors?: unknown };
    return Array.isArray(errors) && errors.length > 0 && errors.every((one) => someCause(one, isOne));
  });
}
