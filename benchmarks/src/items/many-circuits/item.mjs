import { runFleet } from '../../processes/fleet.mjs';
import { median } from '../../measure/statistics.mjs';
import { bytes, number, table } from '../../report/format.mjs';
import { goalOfRatio, goalOfValue } from '../../report/goals.mjs';
import { lineChart } from '../../report/line-chart.mjs';

const scales = {
  full: { sizes: [1_000, 10_000, 100_000, 1_000_000], calls: 200_000, maxCircuits: 10_000, rounds: 3 },
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
        breakerCpu: middle(run, 'breakerCpu'),
        breakerWall: middle(run, 'breakerWall'),
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
    ...modes.map((mode) =>
      goalOfRatio({
        goal: `With ${mode}, a call costs at most 1.5 times as much with the most circuits as with those that just fit`,
        limit: 1.5,
        byProcessor: true,
        cpu: flatness(data, mode, 'cpu'),
        wall: flatness(data, mode, 'wall'),
        why: 'every call meets a circuit that has just been forgotten and is made anew; see the note',
      }),
    ),
    memoryGoal(data),
    ...modes.map((mode) => heapGoal(data, mode)),
    ...modes.map((mode) => breakerGoal(data, mode)),
  ],

  report: ({ maxCircuits, runs }) => ({
    text: [
      `The circuits are called in turn, one call each, with \`maxCircuits: ${number(maxCircuits)}\`: from there on every call meets a circuit that has just`,
      "been forgotten, the worst case. MemoryBackend with `counting: 'failures'`, so that the store holds nothing, and the heap",
      'is what the factory remembers. A breaker is made for each call, with `nameFor: (circuit, { tenantId }) => circuitName(circuit, tenantId)`.',
      '',
      table(
        [
          '',
          'circuits',
          'processor µs per call',
          'wall µs per call',
          '`breakerFor` alone, processor µs',
          'heap',
          'per remembered circuit',
        ],
        runs.map(({ mode, circuits, cpu, wall, breakerCpu, heap }) => [
          mode,
          number(circuits),
          number(cpu),
          number(wall),
          number(breakerCpu),
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

function fittingOf({ runs, maxCircuits }, mode) {
  return of(runs, mode)
    .filter(({ circuits }) => circuits <= maxCircuits)
    .at(-1);
}

function heapGoal(data, mode) {
  const { heap, circuits } = fittingOf(data, mode);
  const each = heap / circuits;
  return {
    goal: `With ${mode}, a remembered circuit takes at most 700 bytes`,
    measured: `${number(each)} bytes`,
    met: each <= 700,
    missedBy: each <= 700 ? null : `${number((each / 700 - 1) * 100)} %`,
    why: 'see the note',
  };
}

function breakerGoal(data, mode) {
  const { breakerCpu, breakerWall } = fittingOf(data, mode);
  return goalOfValue({
    goal: `With ${mode}, \`breakerFor\` with a tenant's name put together takes at most 0.3 µs`,
    limit: 0.3,
    unit: 'µs',
    cpu: breakerCpu,
    wall: breakerWall,
    why: 'see the note',
  });
}

/** What a call costs with the most circuits, against the largest number that is wholly remembered. */
function flatness(data, mode, field) {
  return of(data.runs, mode).at(-1)[field] / fittingOf(data, mode)[field];
}

function memoryGoal(data) {
  const { maxCircuits } = data;
  const fitting = fittingOf(data, 'strict').heap;
  const most = of(data.runs, 'strict').at(-1);
  const ratio = most.heap / fitting;
  return {
    goal: `Memory is bounded by maxCircuits: ${number(most.circuits)} circuits need at most a quarter more than ${number(maxCircuits)}`,
    measured: `${bytes(most.heap)} against ${bytes(fitting)}`,
    met: ratio <= 1.25,
    missedBy: ratio <= 1.25 ? null : `${number((ratio / 1.25 - 1) * 100)} %`,
    why: 'something is remembered beyond them',
  };
}
