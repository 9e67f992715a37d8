import type { Duration } from '@circuitry/core';
import { isObject, isThenable, show, unwanted } from '@circuitry/core/backend';
import type { HttpOutcome, HttpRules } from './options.js';

/** Words that a rule may answer. */
const words = new Set<unknown>(['success', 'failure', 'ignored']);

/**
 * What a rule of the user's says. One that throws, or answers something else, must take no answer away from its caller: it says
 * nothing, and `onFault` hears of it.
 *
 * @param circuit whose call it is, by its name in the store
 */
export function askRule<Given>(
  name: 'responseOutcome' | 'errorOutcome',
  rule: ((given: Given) => HttpOutcome | undefined) | undefined,
  given: Given,
  rules: HttpRules,
  circuit: string,
): HttpOutcome | undefined {
  if (rule === undefined) return undefined;
  const who = `${name} of a call of circuit ${JSON.stringify(circuit)}`;
  try {
    const answer: unknown = rule(given);
    if (answer === undefined || words.has(answer)) return answer as HttpOutcome | undefined;
    // Read here, for a getter may throw.
    if (isObject(answer) && answer['kind'] === 'failure')
      return { kind: 'failure', openFor: answer['openFor'] as Duration };
    unwanted(answer);
    const right = "'success', 'failure', 'ignored', { kind: 'failure', openFor } or undefined";
    tell(rules, new TypeError(`${who} answered ${shown(answer)}: the default decided. It may answer ${right}.`));
  } catch (cause) {
    tell(rules, new Error(`${who} threw: the default decided. See the cause.`, { cause }));
  }
  return undefined;
}

function shown(answer: unknown): string {
  return isThenable(answer) ? 'a promise' : show(answer);
}

function tell({ onFault }: HttpRules, fault: Error): void {
  try {
    unwanted(onFault(fault));
  } catch {
    // Nobody is left to be told.
  }
}
