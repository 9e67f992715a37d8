import { runFleet } from '../../processes/fleet.mjs';
import { barChart } from '../../report/bar-chart.mjs';
import { bytes, number, table } from '../../report/format.mjs';

const scales = {
  full: { tenants: 5_000, callers: 64, calls: 5_000, rounds: 5 },
  quick: { tenants: 5_000, callers: 64, calls: 5_000, rounds: 2 },
  tiny: { tenants: 20, callers: 4, calls: 40, rounds: 1 },
};

/** 9. What calls cost the one Redis that all tenants share. */
export const redisCore = {
  number: 9,
  key: 'redis-core',
  title: 'Calls that one core of Redis carries',
  needs: ['redis'],

  async measure({ scale, redis, log }) {
    const setting = scales[scale];
    const [answer] = await runFleet({
      job: new URL('job.mjs', import.meta.url),
      input: { ...setting, url: redis.url },
    });
    log('all contestants');
    return { setting, ...answer };
  },

  ratios: ({ contestants }) => ({
    'strict / bare pair, server': best(contestants, 'ours', 'server') / best(contestants, 'bare-pair', 'server'),
    'strict / bare pair, client': best(contestants, 'ours', 'client') / best(contestants, 'bare-pair', 'client'),
  }),

  goals: ({ contestants, sequential }) => {
    const ratio = (one, other, side) => best(contestants, one, side) / best(contestants, other, side);
    return [
      goal('a strict call / the bare pair, server', ratio('ours', 'bare-pair', 'server'), 1),
      goal('a strict call / the lock protocol, server', ratio('ours', 'lock', 'server'), 0.75),
      goal('a strict call / compare and set, server', ratio('ours', 'compare-and-set', 'server'), 1.2),
      goal('a strict call / the bare pair, client', ratio('ours', 'bare-pair', 'client'), 1),
      goal('one after the other / two bare scripts', sequential, 1),
      goal('10 buckets / no window, server', ratio('ours-10', 'ours', 'server'), 1.4),
      goal('10 buckets / no window, client', ratio('ours-10', 'ours', 'client'), 1.4),
      goal('a refused call / `HGETALL`, server', ratio('ours-refused', 'hgetall', 'server'), 1),
    ];
  },

  report: ({ setting, contestants, sequential, bytes: memory }) => ({
    text: [
      `${number(setting.tenants)} tenants, one process, one server; the contestants by turns, the best of ${setting.rounds} rounds.`,
      'Processor time per call, µs: of redis-server (`used_cpu_user` and `used_cpu_sys`), and of the process that calls.',
      '',
      'To read a command from its socket and to answer it costs the server more than most commands do, so much depends on how',
      'many come in one packet. Whatever the version, ioredis writes the first command of a turn of the event loop by itself and',
      `the others together. *As sent* is that, with ${setting.callers} callers, and in brackets how often the server read from a socket for a call.`,
      '*Batched* has `enableAutoPipelining`, so that all of a turn go together; ours writes so by itself, whatever the options.',
      '*Alone* is one caller, whose commands have nobody to travel with: what workers with few jobs at a time cost.',
      '',
      table(
        [
          '',
          'server, as sent',
          'server, batched',
          'server, alone',
          'client, as sent',
          'calls per second and core, as sent',
        ],
        contestants.map(({ id, name, batched, alone, rounds }) => {
          const server = best(contestants, id, 'server');
          const reads = Math.min(...rounds.map((round) => round.reads));
          return [
            name,
            `${number(server)} (${number(reads)})`,
            batched.length === 0 ? 'the same' : number(best(contestants, id, 'server', 'batched')),
            alone.length === 0 ? '' : number(best(contestants, id, 'server', 'alone')),
            number(best(contestants, id, 'client')),
            number(1_000_000 / server),
          ];
        }),
      ),
      '',
      ...comparison(contestants),
      '',
      `One after the other a strict call takes ${number(sequential)} times as long as two of the barest scripts. A circuit takes ${bytes(memory)}.`,
    ].join('\n'),
    charts: {
      'redis-core': barChart({
        title: 'Processor time of redis-server per call, µs',
        bars: contestants.map(({ id, name }) => ({
          name: name.replaceAll(/[`*]/g, ''),
          value: best(contestants, id, 'server'),
          ours: id.startsWith('ours'),
        })),
      }),
    },
  }),
};

function goal(what, ratio, most) {
  return {
    goal: `${what}: at most ${most}`,
    measured: number(ratio),
    met: ratio <= most,
    missedBy: ratio <= most ? null : `${number((ratio / most - 1) * 100)} %`,
    why: 'processor time by turns, best round of each; see the table',
  };
}

/** The goals are for commands as they are sent; what they would be otherwise is said beside them. */
function comparison(contestants) {
  const others = [
    ['bare-pair', 'the bare pair'],
    ['lock', 'the lock protocol'],
    ['compare-and-set', 'compare and set'],
  ];
  const ratios = (side) =>
    others
      .map(([id, name]) => {
        const ours = best(contestants, 'ours', 'server', side === 'batched' ? 'rounds' : side);
        return `${number(ours / best(contestants, id, 'server', side))} of ${name}`;
      })
      .join(', ');
  return [`A strict call against others that are batched: ${ratios('batched')}. Alone: ${ratios('alone')}.`];
}

function best(contestants, wanted, side, setting = 'rounds') {
  return Math.min(...contestants.find(({ id }) => id === wanted)[setting].map((round) => round[side]));
}
