import { median } from '../../measure/statistics.mjs';
import { connect, serverFigures } from '../../processes/redis-client.mjs';
import { runFleet } from '../../processes/fleet.mjs';
import { percentilesOf } from '../../measure/statistics.mjs';
import { goalOfFactor } from '../../report/goals.mjs';
import { lineChart } from '../../report/line-chart.mjs';
import { number, table } from '../../report/format.mjs';
import { protocols } from './protocols/protocols.mjs';

const scales = {
  full: { callers: [1, 8, 64, 512], processes: [1, 4], milliseconds: 1_200 },
  quick: { callers: [1, 64], processes: [1, 4], milliseconds: 500 },
  tiny: { callers: [8], processes: [1], milliseconds: 60 },
};

/** For the goal: one process. */
const goalCallers = 64;

/** 3. One hot circuit, many callers: ours, and the protocols that others use. */
export const hotCircuit = {
  number: 3,
  key: 'hot-circuit',
  title: 'One hot circuit on Redis',
  needs: ['redis'],

  async measure({ scale, redis, log }) {
    const { callers, processes, milliseconds } = scales[scale];
    const runs = [];
    for (const count of processes) {
      for (const perProcess of callers) {
        for (const { id, name } of protocols) {
          runs.push({
            id,
            name,
            processes: count,
            callers: perProcess,
            ...(await runOne({ id, count, perProcess, milliseconds, redis })),
          });
        }
        log(`${count} processes, ${perProcess} callers each`);
      }
    }
    return runs;
  },

  ratios(runs) {
    const rate = (id) => median(runs.filter((run) => run.id === id).map(({ perSecond }) => perSecond));
    return {
      'whole-record compare-and-set / strict, calls/s': rate('whole-record') / rate('strict'),
      'lock-get-set-unlock / strict, calls/s': rate('lock') / rate('strict'),
      'strict / bounded, calls/s': rate('strict') / rate('bounded'),
    };
  },

  goals(runs) {
    const rate = (id) =>
      runs.find((run) => run.id === id && run.processes === 1 && run.callers === goalCallers)?.perSecond;
    const [strict, lock] = [rate('strict'), rate('lock')];
    // A look with few callers has nothing to say to it.
    return strict === undefined || lock === undefined
      ? []
      : [
          goalOfFactor({
            goal: `Strict carries at least 40 times the calls of lock, get, set, unlock: ${goalCallers} callers in one process`,
            least: 40,
            factor: strict / lock,
            why: 'the lock is at its best here; see the note below',
          }),
        ];
  },

  report(runs) {
    const counts = [...new Set(runs.map((run) => run.processes))];
    const text = [
      introduction,
      '',
      describe(),
      '',
      ...counts.flatMap((count) => [
        `${count === 1 ? 'One process' : `${count} processes`}:`,
        '',
        resultTable(runs, count),
        '',
      ]),
    ].join('\n');
    return { text, charts: Object.fromEntries(counts.map((count) => [`hot-circuit-${count}`, chart(runs, count)])) };
  },
};

async function runOne({ id, count, perProcess, milliseconds, redis }) {
  const admin = await connect(redis.url);
  await admin.flushall();
  const figures = {};
  const onBarrier = async (name) => {
    figures[name] = await serverFigures(admin);
  };
  const job = new URL('job.mjs', import.meta.url);
  const input = { id, url: redis.url, callers: perProcess, milliseconds };
  const answers = await runFleet({ job, count, input, onBarrier });
  const counted = await protocols.find((protocol) => protocol.id === id).counted(admin);
  admin.disconnect();
  const sum = (of) => answers.reduce((total, answer) => total + of(answer), 0);
  const calls = sum(({ calls: one }) => one);
  return {
    calls,
    perSecond: sum(({ inTime, seconds }) => inTime / seconds),
    latency: percentilesOf(answers.flatMap(({ latencies }) => latencies)),
    commandsPerCall: sum(({ commands }) => commands) / Math.max(1, calls),
    serverCpuPerCall: ((figures.end.cpu - figures.begin.cpu) * 1e6) / Math.max(1, calls),
    lost: calls - counted,
    unfinished: sum(({ unfinished }) => unfinished),
  };
}

const introduction = [
  'All callers call one closed circuit as fast as they can; the work is an empty async function, which is kind to the',
  'protocols that hold a lock while it runs. *Callers* are per process. *Commands per call* counts what the client sends, a',
  'script as one. *Lost* is the calls whose end was acknowledged less those counted in Redis afterwards. *Unfinished* calls',
  'were still waiting for the lock when the time was over: they are in none of the other columns, so the latencies of the',
  'lock protocols under load are those of the lucky.',
].join('\n');

function describe() {
  return protocols.map(({ name, commands }) => `- **${name}**: ${commands}`).join('\n');
}

function resultTable(runs, count) {
  const rows = runs
    .filter((run) => run.processes === count)
    .map((run) => [
      run.name,
      run.callers,
      number(run.perSecond),
      ...[run.latency.p50, run.latency.p95, run.latency.p99].map(number),
      number(run.commandsPerCall),
      number(run.serverCpuPerCall),
      `${number(run.lost)}${run.calls > 0 && run.lost > 0 ? ` of ${number(run.calls)}` : ''}`,
      number(run.unfinished),
    ]);
  const head = [
    '',
    'callers',
    'calls/s',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'commands per call',
    'Redis µs per call',
    'lost',
    'unfinished',
  ];
  return table(head, rows);
}

function chart(runs, count) {
  const lines = protocols.map(({ id, name }) => ({
    name,
    points: runs.filter((run) => run.id === id && run.processes === count).map((run) => [run.callers, run.perSecond]),
  }));
  return lineChart({
    title: `One hot circuit, ${count === 1 ? 'one process' : `${count} processes`}: calls per second`,
    xTitle: 'concurrent callers per process',
    yTitle: 'calls/s',
    lines,
  });
}
