import { runFleet } from '../../processes/fleet.mjs';
import { median } from '../../measure/statistics.mjs';
import { barChart } from '../../report/bar-chart.mjs';
import { bytes, number, table } from '../../report/format.mjs';
import { variants } from './variants.mjs';

const scales = {
  full: { rounds: 2, milliseconds: 250 },
  quick: { rounds: 1, milliseconds: 100 },
  tiny: { rounds: 1, milliseconds: 5 },
};

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

  ratios(runs) {
    const [none] = runs;
    const full = runs.find(({ id }) => id === 'time-10-10');
    if (full === undefined) return {};
    return {
      '10 buckets / no window, strict, processor time': middle(full, 'strict', 'cpu') / middle(none, 'strict', 'cpu'),
      '10 buckets / no window, bounded, processor time':
        middle(full, 'bounded', 'cpu') / middle(none, 'bounded', 'cpu'),
    };
  },

  goals: () => [],

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
