import { standard, type Condition, type Happening, type Scenario } from './scenario.js';

const conditions: readonly Condition[] = ['healthy', 'down', 'refusing', 'flaky', 'slow'];

/** A scenario as the part of an address behind `#`: only what differs from the standard one. */
export function linkOf({ circuit, world, happenings }: Scenario): string {
  const words = new URLSearchParams();
  for (const [given, usual] of [
    [circuit, standard.circuit],
    [world, standard.world],
  ] as const) {
    for (const [name, value] of Object.entries(given)) {
      if (value !== (usual as unknown as Record<string, unknown>)[name]) words.set(name, String(value));
    }
  }
  if (happenings.length > 0) words.set('do', happenings.map(asWord).join('~'));
  return words.toString();
}

/** The scenario of a link. What it doesn't say, or says wrong, is the standard's. */
export function scenarioOf(link: string): Scenario {
  const words = new URLSearchParams(link.replace(/^#/, ''));
  const happenings = (words.get('do') ?? '').split('~').map(asHappening);
  return {
    circuit: readGroup(standard.circuit, words),
    world: readGroup(standard.world, words),
    happenings: happenings.filter((each) => each !== null).sort((one, other) => one.at - other.at),
  };
}

/** The bounds of the settings that are numbers: the same for a link and for the page's form. */
export const bounds: Readonly<Record<string, { readonly min: number; readonly max: number; readonly step: number }>> = {
  failures: { min: 1, max: 20, step: 1 },
  rate: { min: 5, max: 100, step: 5 },
  minimumCalls: { min: 1, max: 50, step: 1 },
  window: { min: 1, max: 120, step: 1 },
  slowAfter: { min: 100, max: 10_000, step: 100 },
  pause: { min: 1, max: 60, step: 1 },
  trials: { min: 1, max: 10, step: 1 },
  staleness: { min: 0, max: 5_000, step: 50 },
  tenants: { min: 1, max: 8, step: 1 },
  workers: { min: 1, max: 16, step: 1 },
  jobs: { min: 1, max: 30, step: 1 },
  work: { min: 20, max: 2_000, step: 10 },
  timeout: { min: 100, max: 10_000, step: 100 },
  attempts: { min: 1, max: 20, step: 1 },
  storeLatency: { min: 0, max: 500, step: 1 },
  seed: { min: 1, max: 9_999, step: 1 },
};

/** The settings that are words, and what they may say. */
const choices: Readonly<Record<string, readonly string[]>> = {
  rule: ['consecutive', 'rate', 'slow'],
  counting: ['all', 'failures'],
  onStorageFailure: ['local', 'allow', 'throw'],
  compare: ['local', 'none'],
};

function readGroup<Group extends object>(usual: Group, words: URLSearchParams): Group {
  const read = Object.entries(usual).map(([name, value]: [string, unknown]) => {
    const word = words.get(name);
    return [name, word === null ? value : readWord(name, word, value)];
  });
  return Object.fromEntries(read) as Group;
}

function readWord(name: string, word: string, usual: unknown): unknown {
  if (typeof usual === 'boolean') return word === 'true';
  if (typeof usual === 'string') return choices[name]?.includes(word) ? word : usual;
  const value = Number(word);
  const limits = bounds[name];
  if (word === '' || !Number.isFinite(value) || limits === undefined) return usual;
  return Math.min(limits.max, Math.max(limits.min, value));
}

function asWord(happening: Happening): string {
  const { at, what } = happening;
  return what === 'condition' ? `${at}_${happening.condition}_${happening.tenant}` : `${at}_${what}`;
}

function asHappening(word: string): Happening | null {
  const match = /^(\d{1,5}(?:\.\d)?)_([a-z-]+)(?:_([0-7]))?$/.exec(word);
  if (match === null) return null;
  const [, seconds, what = '', tenant] = match;
  const at = Number(seconds);
  if (what === 'restart' || what === 'store-down' || what === 'store-up') return { at, what };
  const condition = conditions.find((each) => each === what);
  if (condition === undefined || tenant === undefined) return null;
  return { at, what: 'condition', tenant: Number(tenant), condition };
}
