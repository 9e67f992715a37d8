import { runFleet } from '../../processes/fleet.mjs';
import { median } from '../../measure/statistics.mjs';
import { barChart } from '../../report/bar-chart.mjs';
import { bytes, number, table } from '../../report/format.mjs';
import { goalOfRatio } from '../../report/goals.mjs';
import { variants } from './variants.mjs';

const scales = {
  // Long, for the compiler is not done with records whose names change in less than a second.
  full: { rounds: 5, milliseconds: 2_000 },
  quick: { rounds: 1, milliseconds: 100 },
  tiny: { rounds: 1, milliseconds: 5 },
};

/** How many times as much as without a window a call may cost. */
const goals = [
  { id: 'time-10-10', limits: { strict: 2, bounded: 1.3 } },
  { id: 'calls-100', limits: { strict: 3, bounded: 2 } },
];

/** 7. What windows cost. */
export const windows = {
  number: 7,
  key: 'windows',
  title: 'Windows',
  needs: ['redis'],

  async measure({ scale, redis, log }) {
    const { rounds, milliseconds } = scales[scale];
    const compared = scale === 'tiny' ? variants.slice(0, 3) : variants;
    const runs = compared.map(({ id, name }) => ({ id, name, rounds: [] }));
    for (let round = 0; round < rounds; round += 1) {
      for (const run of runs) {
        const input = { id: run.id, url: redis.url, milliseconds };
        const [answer] = await runFleet({ job: new URL('job.mjs', import.meta.url), input });
        run.rounds.push(answer);
      }
      log(`round ${round + 1} of ${rounds}`);
    }
    return runs;
  },

  ratios: (runs) =>
    Object.fromEntries(
      compared(runs).map(({ name, mode, cpu }) => [`${name} / no window, ${mode}, processor time`, cpu]),
    ),

  goals: (runs) =>
    compared(runs).map(({ name, mode, limit, cpu, wall }) =>
      goalOfRatio({
        goal: `A ${mode} call with a rate over ${name} costs at most ${limit} times one without a window, on MemoryBackend`,
        limit,
        byProcessor: true,
        cpu,
        wall,
        why: 'a record that holds a counter for each part of the window is copied; see the note',
      }),
    ),

  report: (runs) => ({
    text: [
      'A call through a closed circuit with a `failureRate` policy, whose window was filled before: a window of time by its',
      'buckets, a window of calls by its length (which is kept in 20 segments). Strict and bounded on MemoryBackend,',
      'µs of processor time; strict on Redis one call after the other, µs of wall time, two round trips each. The record is',
      'the text in Redis.',
      '',
      table(
        [
          '',
          'strict, MemoryBackend',
          'bounded, MemoryBackend',
          'strict, Redis',
          'counters of the record',
          'its memory in Redis',
        ],
        runs.map((run) => [
          run.name,
          ...[middle(run, 'strict', 'cpu'), middle(run, 'bounded', 'cpu'), middle(run, 'redis', 'wall')].map((ns) =>
            number(ns / 1_000),
          ),
          number(run.rounds[0].fields),
          bytes(run.rounds[0].bytes),
        ]),
      ),
    ].join('\n'),
    charts: {
      windows: barChart({
        title: 'Strict on MemoryBackend, by window: µs of processor time per call',
        bars: runs.map((run) => ({ name: run.name, value: middle(run, 'strict', 'cpu') / 1_000, ours: true })),
      }),
    },
  }),
};

function middle(run, mode, field) {
  return median(run.rounds.map((answer) => answer[mode][field]));
}

/** What each window with a goal costs, against none. */
function compared(runs) {
  const [none] = runs;
  return goals.flatMap(({ id, limits }) => {
    const run = runs.find((one) => one.id === id);
    if (run === undefined) return [];
    return Object.entries(limits).map(([mode, limit]) => ({
      name: run.name,
      mode,
      limit,
      cpu: middle(run, mode, 'cpu') / middle(none, mode, 'cpu'),
      wall: middle(run, mode, 'wall') / middle(none, mode, 'wall'),
    }));
  });
}
