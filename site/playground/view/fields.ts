import type { CircuitSettings, Scenario, WorldSettings } from '../scenario/scenario.js';

/** One setting on the page's form. `when`: whether it means anything beside the others. */
export interface Field {
  readonly group: 'circuit' | 'world';
  readonly name: keyof CircuitSettings | keyof WorldSettings;
  readonly title: string;
  readonly hint: string;
  readonly unit?: string;
  readonly options?: readonly { readonly value: string; readonly text: string }[];
  readonly when?: (scenario: Scenario) => boolean;
}

const byRate = ({ circuit }: Scenario): boolean => circuit.rule !== 'consecutive';

export const circuitFields: readonly Field[] = [
  {
    group: 'circuit',
    name: 'rule',
    title: 'Opens at',
    hint: 'trip',
    options: [
      { value: 'consecutive', text: 'failures in a row' },
      { value: 'rate', text: 'a failure rate' },
      { value: 'slow', text: 'a rate of slow calls' },
    ],
  },
  {
    group: 'circuit',
    name: 'failures',
    title: 'Failures in a row',
    hint: 'failureCountThreshold',
    when: (scenario) => !byRate(scenario),
  },
  { group: 'circuit', name: 'rate', title: 'Rate', hint: 'threshold', unit: '%', when: byRate },
  { group: 'circuit', name: 'minimumCalls', title: 'Of at least', hint: 'minimumCalls', unit: 'calls', when: byRate },
  { group: 'circuit', name: 'window', title: 'In the last', hint: 'window', unit: 's', when: byRate },
  {
    group: 'circuit',
    name: 'slowAfter',
    title: 'Slow is longer than',
    hint: 'slowCallAfter',
    unit: 'ms',
    when: ({ circuit }) => circuit.rule === 'slow',
  },
  { group: 'circuit', name: 'pause', title: 'Stays open for', hint: 'allowAfter', unit: 's' },
  { group: 'circuit', name: 'pauseGrows', title: 'Twice as long each time', hint: 'exponential' },
  { group: 'circuit', name: 'trials', title: 'Trials that close it', hint: 'closeThreshold' },
  { group: 'circuit', name: 'staleness', title: 'View may be old by', hint: 'consistency; 0: strict', unit: 'ms' },
  {
    group: 'circuit',
    name: 'counting',
    title: 'Writes',
    hint: 'counting',
    options: [
      { value: 'all', text: 'every outcome' },
      { value: 'failures', text: 'what matters after failures' },
    ],
    when: (scenario) => !byRate(scenario),
  },
  {
    group: 'circuit',
    name: 'onStorageFailure',
    title: 'While the store is down',
    hint: 'onStorageFailure',
    options: [
      { value: 'local', text: 'each process by itself' },
      { value: 'allow', text: 'unprotected' },
      { value: 'throw', text: 'refuse' },
    ],
  },
];

export const worldFields: readonly Field[] = [
  {
    group: 'world',
    name: 'compare',
    title: 'Compare with',
    hint: 'the other fleet',
    options: [
      { value: 'local', text: 'a breaker in each process' },
      { value: 'none', text: 'no breaker' },
    ],
  },
  { group: 'world', name: 'workers', title: 'Workers', hint: 'processes' },
  { group: 'world', name: 'tenants', title: 'Tenants', hint: 'each with its own dependency' },
  { group: 'world', name: 'jobs', title: 'Jobs', hint: 'of all tenants together', unit: 'a second' },
  { group: 'world', name: 'work', title: 'A job takes', hint: 'on average', unit: 'ms' },
  { group: 'world', name: 'timeout', title: 'A dead call hangs', hint: 'until it times out', unit: 'ms' },
  { group: 'world', name: 'attempts', title: 'Attempts', hint: 'until a job is given up' },
  { group: 'world', name: 'storeLatency', title: 'A request to the store', hint: 'there and back', unit: 'ms' },
  { group: 'world', name: 'seed', title: 'Chance', hint: 'another number: other moments' },
];
