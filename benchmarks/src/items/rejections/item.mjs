import { ratioOf, timeInTurns } from '../../measure/rounds.mjs';
import { barChart } from '../../report/bar-chart.mjs';
import { costTable } from '../../report/cost-table.mjs';
import { goalOfRatio, goalOfValue } from '../../report/goals.mjs';
import { openContestants } from './contestants.mjs';

const scales = {
  full: { rounds: 9, milliseconds: 400 },
  quick: { rounds: 2, milliseconds: 150 },
  tiny: { rounds: 1, milliseconds: 10 },
};
const whyExecute = 'see the note below';

/** 2. What a refused call costs. */
export const rejections = {
  number: 2,
  key: 'rejections',
  title: 'A call that an open circuit refuses',
  needs: ['redis'],
  comparesPeers: true,

  async measure({ scale, redis, log }) {
    const { rounds, milliseconds } = scales[scale];
    const input = { url: redis.url, milliseconds };
    return timeInTurns({ job: new URL('job.mjs', import.meta.url), contestants: openContestants, rounds, input, log });
  },

  ratios: (results) => ({
    'execute bounded on Redis / opossum, processor time': ratioOf(results, 'bounded-redis', 'opossum', 'cpu'),
    'execute bounded on Redis / cockatiel, processor time': ratioOf(results, 'bounded-redis', 'cockatiel', 'cpu'),
    'settle bounded on Redis / cockatiel, processor time': ratioOf(results, 'settle-redis', 'cockatiel', 'cpu'),
    'execute strict on memory / cockatiel, processor time': ratioOf(results, 'strict-memory', 'cockatiel', 'cpu'),
  }),

  goals(results) {
    const settle = results.find(({ id }) => id === 'settle-redis');
    const against = (other) =>
      goalOfRatio({
        goal: `A rejected \`execute\` (bounded, live Redis) costs at most a quarter of ${other}'s`,
        limit: 0.25,
        byProcessor: true,
        wall: ratioOf(results, 'bounded-redis', other, 'wall'),
        cpu: ratioOf(results, 'bounded-redis', other, 'cpu'),
        why: whyExecute,
      });
    return [
      against('opossum'),
      against('cockatiel'),
      goalOfValue({
        goal: 'A refused `settle` (bounded, live Redis) costs at most 0.5 µs, nominally',
        limit: 0.5,
        unit: 'µs',
        wall: settle.wallBest / 1_000,
        cpu: settle.cpu.best / 1_000,
        why: 'most of it is the promise and the check of the clock; the machine is shared',
      }),
    ];
  },

  report: (results) => ({
    text: [
      'An open circuit, asked again and again; the caller catches what `execute` rejects with, or looks at the status that',
      "`settle` resolves to. Circuitry's refusals carry no stack trace (where a refusal was made says nothing about why), and",
      "`settle`'s error is put together only when it is read: the last row reads it.",
      '',
      costTable(results, { reference: 'cockatiel' }),
    ].join('\n'),
    charts: {
      rejections: barChart({
        title: 'A refused call, ns of processor time (less is better)',
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
