import { ratioOf, timeInTurns } from '../../measure/rounds.mjs';
import { barChart } from '../../report/bar-chart.mjs';
import { costTable } from '../../report/cost-table.mjs';
import { goalOfRatio } from '../../report/goals.mjs';
import { closedContestants } from './contestants.mjs';

const scales = {
  full: { rounds: 9, milliseconds: 800 },
  quick: { rounds: 2, milliseconds: 150 },
  tiny: { rounds: 1, milliseconds: 10 },
};

/** 1. What a call through a closed circuit costs. */
export const closedCalls = {
  number: 1,
  key: 'closed-calls',
  title: 'A call through a closed circuit',
  needs: ['redis'],
  comparesPeers: true,

  async measure({ scale, redis, log }) {
    const { rounds, milliseconds } = scales[scale];
    const input = { url: redis.url, milliseconds };
    return timeInTurns({
      job: new URL('job.mjs', import.meta.url),
      contestants: closedContestants,
      rounds,
      input,
      log,
    });
  },

  ratios: (results) => ({
    'bounded on Redis / cockatiel, processor time': ratioOf(results, 'bounded-redis', 'cockatiel', 'cpu'),
    'bounded on Redis / cockatiel, wall time': ratioOf(results, 'bounded-redis', 'cockatiel', 'wall'),
    'bounded on memory / bare call, processor time': ratioOf(results, 'bounded-memory', 'bare', 'cpu'),
    'strict on memory / bare call, processor time': ratioOf(results, 'strict-memory', 'bare', 'cpu'),
  }),

  goals: (results) => [
    goalOfRatio({
      goal: "Bounded on a live Redis costs at most 0.9 of cockatiel's purely local breaker, by processor time",
      limit: 0.9,
      byProcessor: true,
      wall: ratioOf(results, 'bounded-redis', 'cockatiel', 'wall'),
      cpu: ratioOf(results, 'bounded-redis', 'cockatiel', 'cpu'),
      best: bestOf(results, 'bounded-redis') / bestOf(results, 'cockatiel'),
      why: 'what a call costs beyond cockatiel is its admission and its place in the buffer; the flush and the refresh of the view, four times a second each, are in the number too',
    }),
  ],

  report: (results) => ({
    text: [
      'An async function that does nothing, awaited one call after the other: bare, and through each library. Opossum has its',
      'default timeout of 10 s switched off, since no other breaker here sets a timer per call. "Bounded" is',
      "`consistency: { maxStaleness: '250ms' }`; on the live Redis its reads and flushes are part of what is timed.",
      '',
      costTable(results, { reference: 'cockatiel' }),
    ].join('\n'),
    charts: {
      'closed-calls': barChart({
        title: 'A call through a closed circuit, ns of processor time (less is better)',
        bars: results.map(({ name, cpu }) => ({
          name,
          value: cpu.median,
          from: cpu.best,
          to: cpu.worst,
          ours: name.startsWith('circuitry'),
        })),
      }),
    },
  }),
};

function bestOf(results, id) {
  return results.find((result) => result.id === id).wallBest;
}
