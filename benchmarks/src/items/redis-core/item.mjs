import { runFleet } from '../../processes/fleet.mjs';
import { barChart } from '../../report/bar-chart.mjs';
import { bytes, number, table } from '../../report/format.mjs';

const scales = {
  full: { tenants: 5_000, callers: 64, calls: 10_000, rounds: 5 },
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
      `${number(setting.tenants)} tenants, ${setting.callers} callers in one process, one server; the contestants by turns, the best of ${setting.rounds} rounds.`,
      'Processor time per call, µs: of redis-server (`used_cpu_user` and `used_cpu_sys`), and of the process that calls.',
      '',
      table(
        ['', 'server', 'client', 'calls per second that one core of the server carries'],
        contestants.map(({ id, name }) => {
          const server = best(contestants, id, 'server');
          return [name, number(server), number(best(contestants, id, 'client')), number(1_000_000 / server)];
        }),
      ),
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

function best(contestants, wanted, side) {
  return Math.min(...contestants.find(({ id }) => id === wanted).rounds.map((round) => round[side]));
}
