import { isCircuitryError } from '../errors/circuitry-error.js';
import type { OutcomeKind } from '../machine/outcome.js';
import { atOnce } from '../settings/at-once.js';
import { isExpected } from '../settings/expected-error.js';
import type { Settings } from '../settings/parse-settings.js';
import type { Call } from './call.js';
import type { Reports } from './reports.js';

/** Decides what a value or an error says about the dependency: the user's matchers first, then the default. */
export class Judge<Context> {
  readonly #settings: Settings<Context>;
  readonly #reports: Reports<Context>;

  constructor(settings: Settings<Context>, reports: Reports<Context>) {
    this.#settings = settings;
    this.#reports = reports;
  }

  ofValue(value: unknown, call: Call<Context>): OutcomeKind {
    const matcher = this.#settings.resultMatcher;
    return matcher === undefined ? 'success' : (this.#ask('resultMatcher', matcher, value, call) ?? 'success');
  }

  ofError(error: unknown, call: Call<Context>): OutcomeKind {
    if (error === call.abortReason && isCircuitryError(error, 'ERR_WORK_TIMEOUT')) return 'failure';
    const matcher = this.#settings.errorMatchers.get(call.subject.circuit) ?? this.#settings.errorMatcher;
    const kind = matcher === undefined ? null : this.#ask('errorMatcher', matcher, error, call);
    return kind ?? this.#ask('errorMatcher', (subject) => defaultKind(subject, call), error, call) ?? 'failure';
  }

  #ask(
    setting: 'errorMatcher' | 'resultMatcher',
    matcher: (subject: unknown) => unknown,
    subject: unknown,
    call: Call<Context>,
  ): OutcomeKind | null {
    try {
      const kind = atOnce(matcher(subject));
      if (kind === 'success' || kind === 'failure' || kind === 'ignored') return kind;
      const answer = new TypeError(`${setting} answered ${String(kind)}, not 'success', 'failure' or 'ignored'`);
      this.#reports.fault(setting, answer, call.circuit.name);
    } catch (error) {
      this.#reports.fault(setting, error, call.circuit.name);
    }
    return null;
  }
}

/** Expected errors prove that the dependency answers; a cancelled call proves nothing; all else is a failure. */
function defaultKind<Context>(error: unknown, call: Call<Context>): OutcomeKind {
  if (isExpected(error)) return 'success';
  const stoppedBy = call.isCancelled ? call.cancelReason : call.abortReason;
  if (stoppedBy !== undefined && isAbort(error, stoppedBy)) return 'ignored';
  return 'failure';
}

function isAbort(error: unknown, reason: unknown): boolean {
  if (error === reason) return true;
  if (typeof error !== 'object' || error === null) return false;
  const { name, cause } = error as { name?: unknown; cause?: unknown };
  return name === 'AbortError' || cause === reason;
}
