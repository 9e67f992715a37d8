/** How the tenants' dependency can be. `down` hangs until a time-out; `refusing` fails at once. */
export type Condition = 'healthy' | 'down' | 'refusing' | 'flaky' | 'slow';

/** What happens in the world, and when: seconds since the beginning. */
export type Happening =
  | { readonly at: number; readonly what: 'condition'; readonly tenant: number; readonly condition: Condition }
  | { readonly at: number; readonly what: 'restart' | 'store-down' | 'store-up' };

/** What the two fleets have in common: their circuits' settings. Times in seconds, but for those that say ms. */
export interface CircuitSettings {
  readonly rule: 'consecutive' | 'rate' | 'slow';
  readonly failures: number;
  /** Percent. */
  readonly rate: number;
  readonly minimumCalls: number;
  readonly window: number;
  /** ms; for the rule `slow`. */
  readonly slowAfter: number;
  readonly pause: number;
  readonly pauseGrows: boolean;
  readonly trials: number;
  /** ms; 0: strict. */
  readonly staleness: number;
  readonly counting: 'all' | 'failures';
  readonly onStorageFailure: 'local' | 'allow' | 'throw';
}

/** What the two fleets have in common: their jobs, and what these meet. */
export interface WorldSettings {
  readonly tenants: number;
  readonly workers: number;
  /** Jobs a second, of all tenants together. */
  readonly jobs: number;
  /** ms that a job's work takes. */
  readonly work: number;
  /** ms until a call into a dependency that is down times out. */
  readonly timeout: number;
  /** How often a job is tried before it is given up. */
  readonly attempts: number;
  /** ms that a request to the store takes, there and back. */
  readonly storeLatency: number;
  /** What the shared circuits are compared with. */
  readonly compare: 'local' | 'none';
  readonly seed: number;
}

/** All that decides a run: the same scenario is the same run, to the millisecond. */
export interface Scenario {
  readonly circuit: CircuitSettings;
  readonly world: WorldSettings;
  readonly happenings: readonly Happening[];
}

export const tenantNames = ['acme', 'globex', 'initech', 'umbrella', 'hooli', 'wonka', 'stark', 'duff'] as const;

export const standard: Scenario = {
  circuit: {
    rule: 'consecutive',
    failures: 3,
    rate: 50,
    minimumCalls: 6,
    window: 20,
    slowAfter: 1_000,
    pause: 10,
    pauseGrows: false,
    trials: 1,
    staleness: 0,
    counting: 'all',
    onStorageFailure: 'local',
  },
  world: {
    tenants: 4,
    workers: 4,
    jobs: 6,
    work: 250,
    timeout: 3_000,
    attempts: 4,
    storeLatency: 2,
    compare: 'local',
    seed: 1,
  },
  happenings: [],
};

const globexBreaks = (at: number, condition: Condition = 'down'): Happening => ({
  at,
  what: 'condition',
  tenant: 1,
  condition,
});

/** Scenarios to begin with. The first is the one that the page opens with. */
export const presets: readonly { readonly id: string; readonly title: string; readonly scenario: Scenario }[] = [
  {
    id: 'breaks',
    title: 'One tenant breaks',
    scenario: { ...standard, happenings: [globexBreaks(6), globexBreaks(52, 'healthy')] },
  },
  {
    id: 'deploy',
    title: 'A deploy in mid-outage',
    scenario: {
      ...standard,
      happenings: [
        globexBreaks(6),
        { at: 22, what: 'restart' },
        { at: 38, what: 'restart' },
        globexBreaks(56, 'healthy'),
      ],
    },
  },
  {
    id: 'many-workers',
    title: 'Twelve workers',
    scenario: {
      ...standard,
      world: { ...standard.world, workers: 12, jobs: 15 },
      happenings: [globexBreaks(6), globexBreaks(52, 'healthy')],
    },
  },
  {
    id: 'flaky',
    title: 'Every other call fails',
    scenario: {
      ...standard,
      circuit: { ...standard.circuit, rule: 'rate', rate: 40 },
      happenings: [globexBreaks(6, 'flaky'), globexBreaks(52, 'healthy')],
    },
  },
  {
    id: 'slow',
    title: 'Slow, not broken',
    scenario: {
      ...standard,
      circuit: { ...standard.circuit, rule: 'slow' },
      happenings: [globexBreaks(6, 'slow'), globexBreaks(52, 'healthy')],
    },
  },
  {
    id: 'store-down',
    title: 'The store goes down',
    scenario: {
      ...standard,
      happenings: [
        { at: 4, what: 'store-down' },
        globexBreaks(8),
        { at: 30, what: 'store-up' },
        globexBreaks(54, 'healthy'),
      ],
    },
  },
  {
    id: 'unprotected',
    title: 'Without any breaker',
    scenario: {
      ...standard,
      world: { ...standard.world, compare: 'none' },
      happenings: [globexBreaks(6), globexBreaks(52, 'healthy')],
    },
  },
];
