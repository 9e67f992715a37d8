import { median } from '../../measure/statistics.mjs';
import { runFleet } from '../../processes/fleet.mjs';
import { number, table } from '../../report/format.mjs';
import { modes } from './modes.mjs';

const scales = {
  full: { sizes: [1_000, 100_000], calls: 100_000, rounds: 2 },
  quick: { sizes: [1_000, 20_000], calls: 40_000, rounds: 1 },
  tiny: { sizes: [10, 100], calls: 200, rounds: 1 },
};
const places = [
  { id: 'one', name: 'one circuit' },
  { id: 'many', name: 'as many circuits' },
];
const limit = 1.5;

/** 11. Calls that are in flight together. */
export const inFlight = {
  number: 11,
  key: 'in-flight',
  title: 'A thousand and a hundred thousand calls in flight',
  needs: ['redis'],

  async measure({ scale, redis, log }) {
    const { sizes, calls, rounds } = scales[scale];
    const runs = modes.flatMap((mode) =>
      places.flatMap((place) => sizes.map((size) => ({ mode: mode.id, place: place.id, size, rounds: [] }))),
    );
    const job = new URL('job.mjs', import.meta.url);
    for (let round = 0; round < rounds; round += 1) {
      for (const run of runs) {
        const circuits = run.place === 'one' ? 1 : run.size;
        const input = { id: run.mode, url: redis.url, inFlight: run.size, circuits, calls };
        const [answer] = await runFleet({ job, input, flags: ['--expose-gc'] });
        run.rounds.push(answer);
      }
      log(`round ${round + 1} of ${rounds}`);
    }
    return { sizes, runs };
  },

  ratios: (data) =>
    Object.fromEntries(
      ['strict-memory', 'bounded-memory'].flatMap((mode) =>
        places.map(({ id, name }) => [
          `${mode}, ${name}: most in flight / fewest, processor time`,
          growth(data, mode, id, 'cpu'),
        ]),
      ),
    ),

  goals: (data) =>
    modes.filter(({ options }) => options !== null).flatMap((mode) => places.map((place) => goal(data, mode, place))),

  report: (data) => ({
    text: [
      'All calls begin, the work of each waits until that of the last has begun, then all end; again and again, on circuits that',
      'are known, with `maxCircuits` as large as needed. Processor time of the process, µs per call; memory is the heap beyond',
      'that of the idle process while all are in flight, after a collection. *Bare* is the same without a breaker: what an async',
      "function and the garbage collector cost then, which is in everybody's numbers.",
      '',
      table(
        [
          '',
          '',
          ...data.sizes.map((size) => `µs per call, ${number(size)} in flight`),
          'times',
          ...data.sizes.map((size) => `bytes per call, ${number(size)}`),
          'times',
        ],
        modes.flatMap((mode) =>
          places.map((place) => [
            mode.name,
            place.name,
            ...data.sizes.map((size) => number(of(data, mode.id, place.id, size, 'cpu'))),
            number(growth(data, mode.id, place.id, 'cpu')),
            ...data.sizes.map((size) => number(of(data, mode.id, place.id, size, 'memory'))),
            number(growth(data, mode.id, place.id, 'memory')),
          ]),
        ),
      ),
    ].join('\n'),
    charts: {},
  }),
};

function goal(data, mode, place) {
  const [time, memory, bare] = [
    growth(data, mode.id, place.id, 'cpu'),
    growth(data, mode.id, place.id, 'memory'),
    growth(data, 'bare', place.id, 'cpu'),
  ];
  const worse = Math.max(time, memory);
  return {
    goal: `From ${data.sizes.map(number).join(' to ')} in flight on ${place.name}, ${mode.name}: time and memory per call grow by at most ${limit}`,
    measured: `time ${number(time)}, memory ${number(memory)} (bare calls: time ${number(bare)})`,
    met: worse <= limit,
    missedBy: worse <= limit ? null : `${number((worse / limit - 1) * 100)} %`,
    why: 'what is in flight outlives the young generation, and is copied; see the note',
  };
}

function of({ runs }, mode, place, size, field) {
  const run = runs.find((each) => each.mode === mode && each.place === place && each.size === size);
  return median(run.rounds.map((round) => round[field]));
}

function growth(data, mode, place, field) {
  const [few, most] = [data.sizes[0], data.sizes.at(-1)].map((size) => of(data, mode, place, size, field));
  return most / few;
}
