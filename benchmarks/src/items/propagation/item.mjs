import { connect } from '../../processes/redis-client.mjs';
import { runFleet } from '../../processes/fleet.mjs';
import { median, spreadOf } from '../../measure/statistics.mjs';
import { barChart } from '../../report/bar-chart.mjs';
import { number, table } from '../../report/format.mjs';
import { modes } from './modes.mjs';

const scales = {
  full: { count: 8, rounds: 10, modes },
  quick: { count: 8, rounds: 3, modes: modes.slice(0, 3) },
  tiny: { count: 2, rounds: 1, modes: modes.slice(0, 2) },
};

/** 6. How fast a trip reaches the whole fleet. */
export const propagation = {
  number: 6,
  key: 'propagation',
  title: 'How fast a trip reaches 8 processes',
  needs: ['redis'],

  async measure({ scale, redis, log }) {
    const { count, rounds, modes: compared } = scales[scale];
    const runs = [];
    for (const { id, name } of compared) {
      const admin = await connect(redis.url);
      await admin.flushall();
      admin.disconnect();
      const answers = await runFleet({
        job: new URL('job.mjs', import.meta.url),
        count,
        input: { id, url: redis.url, rounds },
      });
      runs.push({ id, name, ...summarised(answers) });
      log(name);
    }
    return { count, rounds, runs };
  },

  ratios({ runs }) {
    const last = (id) => runs.find((run) => run.id === id)?.last.median;
    const ratio = last('watch-250') / last('plain-250');
    return Number.isNaN(ratio) ? {} : { 'bounded 250 ms, with watch / without': ratio };
  },

  goals: () => [],

  report: ({ count, rounds, runs }) => ({
    text: [
      `${count} processes call one circuit about once per millisecond each; the first has a failing call, whose report trips the`,
      'circuit, at any moment in the life of the views. From that report until the process itself, and until the last of all',
      `processes, was refused a call, ms, over ${rounds} rounds. A process polls with a timer of 1 ms, on a machine with fewer cores than`,
      'processes: a few milliseconds are the measurement. *Admitted* is how many calls the other processes together still',
      'began after the report.',
      '',
      table(
        ['', 'the reporter, median', 'the last, median', 'the last, best', 'the last, worst', 'admitted, median'],
        runs.map(({ name, own, last, admitted }) => [
          name,
          ...[own.median, last.median, last.best, last.worst, admitted].map(number),
        ]),
      ),
    ].join('\n'),
    charts: {
      propagation: barChart({
        title: 'From the failing report to the last refusal, ms (median; line: best to worst)',
        bars: runs.map(({ name, last }) => ({ name, value: last.median, from: last.best, to: last.worst, ours: true })),
      }),
    },
  }),
};

function summarised(answers) {
  const perRound = answers[0].map(({ failedAt }, round) => {
    const others = answers.map((answer) => answer[round]);
    return {
      own: (others[0].refusedAt - failedAt) / 1_000,
      last: (Math.max(...others.map(({ refusedAt }) => refusedAt)) - failedAt) / 1_000,
      admitted: others
        .slice(1)
        .reduce((sum, { admitted }) => sum + admitted.filter((began) => began > failedAt).length, 0),
    };
  });
  return {
    own: spreadOf(perRound.map(({ own }) => own)),
    last: spreadOf(perRound.map(({ last }) => last)),
    admitted: median(perRound.map(({ admitted }) => admitted)),
  };
}
