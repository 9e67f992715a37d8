import { ratioOf } from '../../measure/rounds.mjs';
import { spreadOf } from '../../measure/statistics.mjs';
import { runFleet } from '../../processes/fleet.mjs';
import { costTable } from '../../report/cost-table.mjs';
import { goalOfRatio } from '../../report/goals.mjs';
import { contestants } from './contestants.mjs';

const scales = {
  full: { processes: 3, rounds: 5, milliseconds: 300 },
  quick: { processes: 1, rounds: 3, milliseconds: 100 },
  tiny: { processes: 1, rounds: 1, milliseconds: 1 },
};

/** 12. Everybody in one process. */
export const turns = {
  number: 12,
  key: 'turns',
  title: 'All in one process, each call with a function of its own',
  needs: ['redis'],
  comparesPeers: true,

  async measure({ scale, redis, log }) {
    const { processes, ...input } = scales[scale];
    const job = new URL('job.mjs', import.meta.url);
    const rounds = Object.fromEntries(contestants.map(({ id }) => [id, []]));
    for (let process = 0; process < processes; process += 1) {
      const [answers] = await runFleet({ job, input: { ...input, url: redis.url } });
      for (const { id } of contestants) rounds[id].push(...answers[id]);
      log(`process ${process + 1} of ${processes}`);
    }
    return contestants.map(({ id, name }) => ({
      id,
      name,
      rounds: rounds[id],
      wall: spreadOf(rounds[id].map(({ wall }) => wall)),
      wallBest: Math.min(...rounds[id].map(({ wall }) => wall)),
      cpu: spreadOf(rounds[id].map(({ cpu }) => cpu)),
    }));
  },

  ratios: (results) => ({
    'bounded on Redis / cockatiel, processor time': ratioOf(results, 'bounded-redis', 'cockatiel', 'cpu'),
    'bounded on Redis, refused / cockatiel, processor time': ratioOf(
      results,
      'bounded-redis-open',
      'cockatiel-open',
      'cpu',
    ),
    'bounded on Redis, refused / opossum, processor time': ratioOf(
      results,
      'bounded-redis-open',
      'opossum-open',
      'cpu',
    ),
  }),

  goals: (results) => [
    goal(results, {
      what: 'In turns, each call with a function of its own: bounded on a live Redis against cockatiel',
      ours: 'bounded-redis',
      theirs: 'cockatiel',
      limit: 1,
    }),
    ...['cockatiel', 'opossum'].map((peer) =>
      goal(results, {
        what: `In turns: a rejected \`execute\` (bounded, live Redis) against ${peer}'s`,
        ours: 'bounded-redis-open',
        theirs: `${peer}-open`,
        limit: 0.25,
      }),
    ),
  ],

  report: (results) => ({
    text: [
      'The contestants of items 1 and 2 in one process, which has compiled all of them, turn after turn of 300 ms; each call',
      'brings a new function, as a real program does. Opossum and mollitia are given one that calls what it is given. What ours',
      'counted in memory is sent within its own turn. The medians of all rounds of three processes.',
      '',
      costTable(results, { reference: 'cockatiel' }),
    ].join('\n'),
    charts: {},
  }),
};

function goal(results, { what, ours, theirs, limit }) {
  return goalOfRatio({
    goal: what,
    limit,
    byProcessor: true,
    cpu: ratioOf(results, ours, theirs, 'cpu'),
    wall: ratioOf(results, ours, theirs, 'wall'),
    why: 'see the note',
  });
}
