import { number, table } from '../report/format.mjs';
import { simulate } from './fleet.mjs';

const bounded = (maxStaleness, more = {}) => ({ maxStaleness, ...more });

/** Kinds of factories whose traffic depends on how often one worker meets one circuit. `scale`: what that is multiplied by. */
const kinds = [
  { id: 'strict', name: 'strict', settings: {} },
  { id: 'bounded', name: 'bounded', settings: bounded(1_000) },
  {
    id: 'bounded-failures',
    name: "bounded, `counting: 'failures'`",
    settings: bounded(1_000, { counting: 'failures' }),
  },
];

const scales = {
  full: {
    rates: [0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 1_000],
    calls: 1_000,
    fleet: {
      workers: 1_000,
      loads: [
        [0.3, 20],
        [1, 10],
        [3, 5],
      ],
      trip: { perSecond: 2, seconds: 5, failsAt: 2 },
    },
  },
  quick: {
    rates: [0.1, 1, 10, 100],
    calls: 300,
    fleet: { workers: 100, loads: [[1, 10]], trip: { perSecond: 4, seconds: 5, failsAt: 2 } },
  },
  tiny: {
    rates: [0.1, 10],
    calls: 60,
    fleet: { workers: 20, loads: [[1, 6]], trip: { perSecond: 10, seconds: 4, failsAt: 1 } },
  },
};

const trips = [
  { id: 'strict', name: 'strict', settings: {} },
  { id: 'watched', name: 'bounded 250 ms, with watch', settings: bounded(250, { watches: true }) },
  { id: 'bounded-250', name: 'bounded 250 ms, without watch', settings: bounded(250) },
  { id: 'bounded-1000', name: 'bounded 1 s, without watch', settings: bounded(1_000) },
];

/** 13. A fleet on virtual time. */
export const simulation = {
  number: 13,
  key: 'simulation',
  title: 'A thousand workers, simulated',
  needs: [],

  async measure({ scale, log }) {
    const { rates, calls, fleet } = scales[scale];
    const curves = [];
    for (const { id, settings } of kinds) {
      for (const perSecond of rates) {
        const seconds = Math.max(calls / perSecond, 4);
        // Once a circuit and its view are there.
        const from = Math.min(2, seconds / 4);
        const { reads, writes, violations } = await simulate({ workers: 1, perSecond, seconds, from, settings });
        curves.push({ kind: id, perSecond, reads, writes, violations });
      }
      log(`one worker, ${id}`);
    }
    const loads = [];
    for (const { id, settings } of kinds) {
      for (const [perSecond, seconds] of fleet.loads) {
        const run = await simulate({ workers: fleet.workers, perSecond, seconds, from: 2, settings });
        loads.push({ kind: id, perSecond, ...run });
      }
      log(`${fleet.workers} workers, ${id}`);
    }
    const tripped = [];
    for (const { id, name, settings } of trips) {
      const { trip, violations } = await simulate({ workers: fleet.workers, ...fleet.trip, settings });
      if (trip === null) throw new Error(`the circuit of ${id} did not open`);
      tripped.push({ id, name, violations, ...trip });
      log(`a trip, ${name}`);
    }
    return { workers: fleet.workers, curves, loads, trips: tripped, tripLoad: fleet.trip };
  },

  ratios: (data) =>
    Object.fromEntries(
      data.loads.map((run) => [`${run.kind}, ${run.perSecond}/s: operations per call`, run.reads + run.writes]),
    ),

  goals: (data) => [
    {
      goal: `${number(data.workers)} workers send what one alone does, times their number, and break no rule of the fleet`,
      measured: `at most ${number(largestGap(data) * 100)} % off; ${violationsOf(data)} violations`,
      met: largestGap(data) <= 0.15 && violationsOf(data) === 0,
      missedBy: largestGap(data) <= 0.15 && violationsOf(data) === 0 ? null : 'see the table',
      why: 'see the table',
    },
  ],

  report: (data) => ({
    text: [
      'The fleet simulator of `@circuitry/testkit`: the real core in every worker, one virtual time, messages that take up to 2 ms,',
      'one circuit, calls at random moments, all rules of the fleet looked at with every step. What reaches the store for each',
      'call depends on how often one worker meets one circuit within `maxStaleness` (here 1 s), and on nothing else: so one',
      'worker alone tells what a thousand of them send.',
      '',
      curveTable(data),
      '',
      `A whole fleet of ${number(data.workers)} workers against that, operations per call:`,
      '',
      table(
        ['', 'calls/s of each worker', 'one alone', 'the fleet', 'calls', 'violations'],
        data.loads.map((run) => [
          kinds.find(({ id }) => id === run.kind).name,
          number(run.perSecond),
          number(operations(alone(data, run))),
          number(operations(run)),
          number(run.calls),
          number(run.violations),
        ]),
      ),
      '',
      `The dependency fails for everybody, after ${data.tripLoad.failsAt} s, at ${number(data.workers * data.tripLoad.perSecond)} calls/s; from the moment at which the store has the circuit open:`,
      '',
      table(
        ['', 'last call let in after, ms', 'calls let in after it, in the fleet', 'violations'],
        data.trips.map(({ name, lastAdmission, admitted, violations }) => [
          name,
          number(lastAdmission),
          number(admitted),
          number(violations),
        ]),
      ),
    ].join('\n'),
    charts: {},
  }),
};

function curveTable({ curves }) {
  const rates = [...new Set(curves.map(({ perSecond }) => perSecond))];
  return table(
    ['', ...rates.map((rate) => `${number(rate)}/s`)],
    kinds.flatMap(({ id, name }) =>
      ['reads', 'writes'].map((field) => [
        `${name}: ${field} per call`,
        ...rates.map((rate) => number(curves.find((one) => one.kind === id && one.perSecond === rate)[field])),
      ]),
    ),
  );
}

/**
 * What each call of one worker to one circuit sends, by how often it meets it: between what was simulated, on logarithmic
 * scales; the seldomer, the nearer to a read (and a write, where successes are written); the oftener, the less.
 *
 * @param {object} data
 * @param {string} kind
 * @param {number} perSecond for `maxStaleness` of 1 s
 * @returns {{ reads: number, writes: number }}
 */
export function perCall({ curves }, kind, perSecond) {
  const points = curves.filter((one) => one.kind === kind);
  const [first, last] = [points[0], points.at(-1)];
  const both = (field) => ({ reads: field('reads'), writes: field('writes') });
  if (perSecond <= first.perSecond) {
    const nearness = perSecond / first.perSecond;
    return both((field) => (first[field] === 0 ? 0 : 1 + (first[field] - 1) * nearness));
  }
  if (perSecond >= last.perSecond) {
    const share = kind === 'strict' ? 1 : last.perSecond / perSecond;
    return both((field) => last[field] * share);
  }
  const above = points.findIndex((one) => one.perSecond >= perSecond);
  const [low, high] = [points[above - 1], points[above]];
  const share = Math.log(perSecond / low.perSecond) / Math.log(high.perSecond / low.perSecond);
  // What is nought on one side has no logarithm: then it falls evenly.
  return both((field) =>
    low[field] > 0 && high[field] > 0
      ? low[field] * (high[field] / low[field]) ** share
      : low[field] + (high[field] - low[field]) * share,
  );
}

const operations = ({ reads, writes }) => reads + writes;
const alone = (data, { kind, perSecond }) => perCall(data, kind, perSecond);

function largestGap(data) {
  return Math.max(...data.loads.map((run) => Math.abs(operations(run) / operations(alone(data, run)) - 1)));
}

function violationsOf(data) {
  return [...data.curves, ...data.loads, ...data.trips].reduce((sum, { violations }) => sum + violations, 0);
}
