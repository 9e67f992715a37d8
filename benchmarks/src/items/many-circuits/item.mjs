import { runFleet } from '../../processes/fleet.mjs';
import { median } from '../../measure/statistics.mjs';
import { bytes, number, table } from '../../report/format.mjs';
import { goalOfRatio } from '../../report/goals.mjs';
import { lineChart } from '../../report/line-chart.mjs';

const scales = {
  full: { sizes: [1_000, 10_000, 100_000, 1_000_000], calls: 200_000, maxCircuits: 10_000, rounds: 2 },
  quick: { sizes: [1_000, 10_000, 100_000], calls: 50_000, maxCircuits: 10_000, rounds: 1 },
  tiny: { sizes: [100, 1_000], calls: 2_000, maxCircuits: 100, rounds: 1 },
};
const modes = ['strict', 'bounded'];

/** 5. A million circuits through one factory. */
export const manyCircuits = {
  number: 5,
  key: 'many-circuits',
  title: 'A million circuits through one factory',
  needs: [],

  async measure({ scale, log }) {
    const { sizes, rounds, ...input } = scales[scale];
    const job = new URL('job.mjs', import.meta.url);
    const runs = modes.flatMap((mode) => sizes.map((circuits) => ({ mode, circuits, rounds: [] })));
    for (let round = 0; round < rounds; round += 1) {
      for (const run of runs) {
        const { mode, circuits } = run;
        const [answer] = await runFleet({ job, input: { ...input, mode, circuits }, flags: ['--expose-gc'] });
        run.rounds.push(answer);
      }
      log(`round ${round + 1} of ${rounds}`);
    }
    const middle = (run, field) => median(run.rounds.map((answer) => answer[field]));
    return {
      maxCircuits: input.maxCircuits,
      runs: runs.map((run) => ({
        ...run,
        cpu: middle(run, 'cpu'),
        wall: middle(run, 'wall'),
        heap: middle(run, 'heap'),
      })),
    };
  },

  ratios: (data) =>
    Object.fromEntries(
      modes.map((mode) => [
        `${mode}: most circuits / as many as are remembered, processor time`,
        flatness(data, mode, 'cpu'),
      ]),
    ),

  goals: (data) => [
    goalOfRatio({
      goal: 'With strict, a call costs the same however many circuits there are: the most against those that just fit (1.5 counts as flat)',
      limit: 1.5,
      cpu: flatness(data, 'strict', 'cpu'),
      wall: flatness(data, 'strict', 'wall'),
      why: 'it is flat from 10^5 to 10^6; the step is where every call meets a circuit that has just been forgotten and is made anew',
    }),
    memoryGoal(data),
  ],

  report: ({ maxCircuits, runs }) => ({
    text: [
      `The circuits are called in turn, one call each, with \`maxCircuits: ${number(maxCircuits)}\`: from there on every call meets a circuit that has just`,
      "been forgotten, the worst case. MemoryBackend with `counting: 'failures'`, so that the store holds nothing, and the heap",
      'is what the factory remembers.',
      '',
      table(
        ['', 'circuits', 'processor µs per call', 'wall µs per call', 'heap', 'per remembered circuit'],
        runs.map(({ mode, circuits, cpu, wall, heap }) => [
          mode,
          number(circuits),
          number(cpu),
          number(wall),
          bytes(heap),
          bytes(heap / Math.min(circuits, maxCircuits)),
        ]),
      ),
    ].join('\n'),
    charts: {
      'many-circuits': lineChart({
        title: 'Cost of a call, by the number of circuits',
        xTitle: 'circuits',
        yTitle: 'µs of processor time',
        lines: modes.map((mode) => ({
          name: mode,
          points: of(runs, mode).map(({ circuits, cpu }) => [circuits, cpu]),
        })),
      }),
    },
  }),
};

function of(runs, mode) {
  return runs.filter((run) => run.mode === mode);
}

/** What a call costs with the most circuits, against the largest number that is wholly remembered. */
function flatness({ runs, maxCircuits }, mode, field) {
  const all = of(runs, mode);
  const fitting = all.filter(({ circuits }) => circuits <= maxCircuits).at(-1);
  return all.at(-1)[field] / fitting[field];
}

function memoryGoal({ runs, maxCircuits }) {
  const strict = of(runs, 'strict');
  const fitting = strict.filter(({ circuits }) => circuits <= maxCircuits).at(-1).heap;
  const most = strict.at(-1);
  const ratio = most.heap / fitting;
  return {
    goal: `Memory is bounded by maxCircuits: ${number(most.circuits)} circuits need at most a quarter more than ${number(maxCircuits)}`,
    measured: `${bytes(most.heap)} against ${bytes(fitting)}`,
    met: ratio <= 1.25,
    missedBy: ratio <= 1.25 ? null : `${number((ratio / 1.25 - 1) * 100)} %`,
    why: 'something is remembered beyond them',
  };
}
