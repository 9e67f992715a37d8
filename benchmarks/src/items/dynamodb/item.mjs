import { runFleet } from '../../processes/fleet.mjs';
import { number, table } from '../../report/format.mjs';
import { modes, situations } from './situations.mjs';

const scales = { full: { calls: 600 }, quick: { calls: 200 }, tiny: { calls: 20 } };

/** 8. What a call costs on DynamoDB. */
export const dynamodb = {
  number: 8,
  key: 'dynamodb',
  title: 'DynamoDB: requests and capacity per call',
  needs: ['dynamodb'],

  async measure({ scale, dynamodb: server }) {
    const input = { clientConfig: server.clientConfig, ...scales[scale] };
    const [answers] = await runFleet({ job: new URL('job.mjs', import.meta.url), input });
    return answers;
  },

  ratios: (answers) =>
    Object.fromEntries(
      modes.map(({ id }) => [`${id}: requests per call, one after the other`, find(answers, id, 'one').requests]),
    ),

  goals: () => [],

  report: (answers) => ({
    text: [
      'As the answers of the server say (consistent reads count 1 unit per 4 KB, writes 1 per KB); with the clients of one',
      'process and no pause between calls, so that bounded shows what it saves at its busiest. Lost writes are conditional',
      'ones that another write had overtaken: they are charged as well.',
      '',
      ...situations.flatMap(({ id, name }) => [
        `${name[0].toUpperCase()}${name.slice(1)}:`,
        '',
        situationTable(answers, id),
        '',
      ]),
    ].join('\n'),
    charts: {},
  }),
};

function situationTable(answers, situation) {
  return table(
    ['', 'requests per call', 'read units', 'write units', 'lost writes'],
    modes.map((mode) => {
      const answer = find(answers, mode.id, situation);
      return [mode.name, ...[answer.requests, answer.readUnits, answer.writeUnits, answer.lostWrites].map(number)];
    }),
  );
}

function find(answers, mode, situation) {
  return answers.find((answer) => answer.mode === mode && answer.situation === situation);
}
