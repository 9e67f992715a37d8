import { userInfo } from 'node:os';
import { CircuitBreakerFactory, type FactoryOptions } from '@circuitry/core';
import { circuitKind } from '@circuitry/core/backend';
import { isIn, type StateFilter } from '../circuits/state-filter.js';
import { viewOf, type CircuitView } from '../circuits/view.js';
import { failed, nothingMatched, wrongUse } from '../faults.js';
import { escapeMessage, escapeText, jsonLine } from '../output/escape.js';
import { stateWord } from '../output/states.js';
import { plainTable } from '../output/table.js';
import { againWords, sinceWords, spanOf } from '../output/words.js';
import { within } from '../store/time-limit.js';
import { actions, type Action, type ActionName, type Deed, type NamedCircuit } from './actions.js';
import { listerOf, type CommonOptions, type Session } from './session.js';

/** What the verbs that change circuits take. */
export interface ActOptions extends CommonOptions {
  readonly prefix?: string;
  readonly state?: StateFilter;
  /** Of `release`: which overrides, as `by`. */
  readonly reason?: string;
  readonly by?: string;
  /** ms. */
  readonly for?: number;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** A circuit that is to be changed, as it was found; null: the store has no record of it. */
interface Target {
  readonly name: string;
  readonly view: CircuitView | null;
}

/** How many circuits are shown before one is asked; how many are changed at a time. */
const mostShown = 20;
const atOnce = 16;

/**
 * Changes circuits: shows which and how, asks where somebody is there to answer, and does it. What was shown is what is
 * changed: a circuit that turns up meanwhile is not.
 */
export async function act(
  session: Session,
  verb: ActionName,
  name: string | undefined,
  options: ActOptions,
): Promise<void> {
  const { terminal, json } = session;
  const action = actions[verb];
  const targets = await targetsOf(session, action, name, options);
  const deed = deedOf(action, options, terminal.environment);
  const isAsked = options.yes !== true && options.dryRun !== true;
  if (isAsked && !terminal.isInteractive)
    throw wrongUse(`Nobody can be asked here: --yes does it, --dry-run shows what it would do.`);
  if (!json || isAsked) terminal.note(preview(session, action, targets, deed));
  if (options.dryRun === true) {
    if (json) for (const { name } of targets) await terminal.out(jsonLine({ name, verb, done: false, dryRun: true }));
    else terminal.note('Nothing was changed: --dry-run.\n');
    return;
  }
  if (isAsked && !/^y(es)?$/i.test((await terminal.ask('Go on? [y/N] ')).trim())) throw failed('Nothing was changed.');
  await change(session, verb, targets, deed);
}

async function targetsOf(
  session: Session,
  action: Action,
  name: string | undefined,
  options: ActOptions,
): Promise<Target[]> {
  const { store, clock, terminal, timeout } = session;
  const { prefix } = options;
  if ((name === undefined) === (prefix === undefined))
    throw wrongUse('Name one circuit, or several by --prefix. --prefix "" is all of them.');
  const found: Target[] = [];
  if (name !== undefined) {
    const { record } = await within(timeout, terminal.signal, (signal) => store.backend.retrieve(name, { signal }));
    found.push({ name, view: record && viewOf(name, record, clock.now()) });
  } else {
    const names = new Set<string>();
    for await (const entry of listerOf(session)({ prefix: prefix as string })) {
      if (names.has(entry.name)) continue;
      names.add(entry.name);
      found.push({ name: entry.name, view: viewOf(entry.name, entry.record, clock.now()) });
    }
  }
  const targets = found.filter(({ view }) => action.concerns(view) && isChosen(view, action, options));
  if (targets.length > 0) return targets;
  const kind = options.state === undefined ? 'circuit' : `${options.state} circuit`;
  const which = name === undefined ? `${kind} that begins with ${JSON.stringify(prefix)}` : JSON.stringify(name);
  throw nothingMatched(`There is nothing to ${action.words}: no ${which} in ${store.where} that it would change.`);
}

/** Whether the circuit is in the wanted state and, of an override that is taken back, it is the wanted one. */
function isChosen(view: CircuitView | null, action: Action, { state, reason, by }: ActOptions): boolean {
  if (state !== undefined && (view === null ? state !== 'closed' : !isIn(view, state))) return false;
  if (action.isReasoned) return true;
  const { override } = view ?? { override: null };
  return (reason === undefined || override?.reason === reason) && (by === undefined || override?.by === by);
}

function deedOf(
  action: Action,
  { reason, by, for: length }: ActOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Deed {
  if (!action.isReasoned) return { by: userName(environment) };
  return {
    by: by ?? userName(environment),
    ...(reason !== undefined && { reason }),
    ...(length !== undefined && { for: length }),
  };
}

/** Who it is, for whoever looks at the override later. Under sudo the person, not root. */
function userName(environment: Readonly<Record<string, string | undefined>>): string {
  const { SUDO_USER: person, USER: user } = environment;
  if (person) return person;
  try {
    return userInfo().username;
  } catch {
    // A container's user need not have a name.
    return user ?? 'unknown';
  }
}

function preview({ store, terminal, clock }: Session, action: Action, targets: readonly Target[], deed: Deed): string {
  const now = clock.now();
  const rows = targets
    .slice(0, mostShown)
    .map(({ name, view }) => [
      `  ${escapeText(name)}`,
      view === null ? 'no record yet' : stateWord(view.state, terminal),
      view === null ? '' : [sinceWords(view, now), againWords(view, now)].filter((word) => word !== '').join(', '),
    ]);
  const more = targets.length > mostShown ? `  and ${targets.length - mostShown} more\n` : '';
  const span = deed.for === undefined ? null : spanOf(deed.for);
  const length = span === null ? '' : ` for ${span}`;
  const why = deed.reason === undefined ? '' : `, because ${escapeText(deed.reason)}`;
  const what = `${action.words} ${targets.length === 1 ? 'one circuit' : `${targets.length} circuits`}${length}`;
  return `${what} in ${escapeText(store.where)}, by ${escapeText(deed.by)}${why}:\n${plainTable(rows)}${more}${meaningOf(action, targets, span)}\n`;
}

function meaningOf(action: Action, targets: readonly Target[], span: string | null): string {
  const meaning = action.meaning(span === null ? undefined : `${span} are over or it is released`);
  const isInPlace = action.isReasoned && targets.some(({ view }) => view !== null && view.override !== null);
  return isInPlace ? `${meaning} An override that is there goes.` : meaning;
}

async function change(
  { terminal, store, timeout, json }: Session,
  verb: ActionName,
  targets: readonly Target[],
  deed: Deed,
): Promise<void> {
  // What was begun is done, whoever reads of it.
  terminal.goOnUnread();
  const factory = operatorsFactory(store, timeout);
  const waiting = [...targets];
  let faults = 0;
  const worker = async (): Promise<void> => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      terminal.signal.throwIfAborted();
      const { name } = target;
      const error = await actions[verb].run(factory.breakerFor(circuitKind(name), { name }), deed).then(
        () => null,
        (error: unknown) => error as Error,
      );
      if (error !== null) faults += 1;
      if (json)
        await terminal.out(jsonLine({ name, verb, done: error === null, ...(error && { error: error.message }) }));
      else if (error === null) await terminal.out(`${escapeText(name)}: done\n`);
      else terminal.note(`${escapeText(name)}: FAILED: ${escapeMessage(error.message)}\n`);
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    await factory.close();
  }
  if (faults > 0)
    throw failed(
      `${faults} of ${targets.length} failed. What is done stays done; the same command goes on with the rest.`,
    );
}

/** The workers' settings, if the configuration has them, over names as they stand in the store. */
function operatorsFactory(store: Session['store'], timeout: number): CircuitBreakerFactory<NamedCircuit> {
  return new CircuitBreakerFactory<NamedCircuit>({
    ...(store.settings as Partial<FactoryOptions<NamedCircuit>>),
    backend: store.backend,
    nameFor: (_circuit, { name }) => name,
    storageTimeout: timeout,
    consistency: 'strict',
  });
}
