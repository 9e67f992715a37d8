import { connect, serverFigures } from '../../processes/redis-client.mjs';
import { runFleet } from '../../processes/fleet.mjs';
import { barChart } from '../../report/bar-chart.mjs';
import { bytes, number, table } from '../../report/format.mjs';
import { modes } from './modes.mjs';

const scales = {
  full: { tenants: 10_000, perSecond: 500, seconds: 12, count: 4 },
  quick: { tenants: 10_000, perSecond: 300, seconds: 2, count: 4 },
  tiny: { tenants: 100, perSecond: 200, seconds: 0.1, count: 2, compared: ['strict', 'bounded-10s'] },
};
const failureShare = 0.02;

/** 4. Many tenants, a circuit each, over a fleet. */
export const tenants = {
  number: 4,
  key: 'tenants',
  title: '10,000 tenants over 4 processes',
  needs: ['redis'],

  async measure({ scale, redis, log }) {
    const { compared, ...load } = scales[scale];
    const setting = { ...load, failureShare };
    const runs = [];
    for (const { id, name } of modes.filter((mode) => compared?.includes(mode.id) ?? true)) {
      runs.push({ id, name, ...(await runOne(id, setting, redis)) });
      log(name);
    }
    return { setting, runs };
  },

  ratios: ({ runs }) => ({
    'bounded 10 s / strict, store operations':
      of(runs, 'bounded-10s').commandsPerCall / of(runs, 'strict').commandsPerCall,
    'strict, store operations per call': of(runs, 'strict').commandsPerCall,
  }),

  goals: () => [],

  report: ({ setting, runs }) => ({
    text: [
      `Every process takes ${number(setting.perSecond)} jobs a second for ${number(setting.seconds)} s, whose tenants are drawn by Zipf's law from ${number(setting.tenants)};`,
      `${number(failureShare * 100)} % of the jobs fail. Each job makes its own breaker, and asks \`settle\`. All tenants were seen once before the count`,
      'begins. A tenant that is met less than once per `maxStaleness` gains nothing from a view, which is why a longer one',
      'saves more here than on one hot circuit. Heap is what the factory and its circuits hold, after a collection.',
      '',
      table(
        [
          '',
          'store operations per call',
          'processor µs per call',
          'heap per process',
          'keys in Redis',
          'memory in Redis',
          'per key',
          'refused',
        ],
        runs.map((run) => [
          run.name,
          number(run.commandsPerCall),
          number(run.cpuPerCall),
          bytes(run.heap),
          number(run.keys),
          bytes(run.redisMemory),
          run.keys === 0 ? '–' : bytes(run.redisMemory / run.keys),
          number(run.refused),
        ]),
      ),
    ].join('\n'),
    charts: {
      tenants: barChart({
        title: '10,000 tenants: store operations per call (less is better)',
        bars: runs.map((run) => ({ name: run.name.replaceAll('`', ''), value: run.commandsPerCall, ours: true })),
      }),
    },
  }),
};

function of(runs, id) {
  return runs.find((run) => run.id === id);
}

async function runOne(id, setting, redis) {
  const { count, ...load } = setting;
  const admin = await connect(redis.url);
  await admin.flushall();
  const empty = await serverFigures(admin);
  let full = null;
  let keys = 0;
  const onBarrier = async (name) => {
    if (name !== 'end') return;
    full = await serverFigures(admin);
    keys = await admin.dbsize();
  };
  const input = { id, url: redis.url, ...load };
  const job = new URL('job.mjs', import.meta.url);
  const answers = await runFleet({ job, count, input, flags: ['--expose-gc'], onBarrier });
  admin.disconnect();
  const sum = (field) => answers.reduce((total, answer) => total + answer[field], 0);
  return {
    calls: sum('calls'),
    refused: sum('refused'),
    commandsPerCall: sum('commands') / sum('calls'),
    cpuPerCall: sum('cpuPerCall') / count,
    heap: sum('heap') / count,
    redisMemory: full.memory - empty.memory,
    keys,
  };
}
