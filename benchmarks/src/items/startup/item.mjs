import { nodeHere } from '../../../../tooling/nodes.mjs';
import { median } from '../../measure/statistics.mjs';
import { number, table } from '../../report/format.mjs';
import { measureFirstCalls } from './first-calls.mjs';
import { programs } from './programs.mjs';
import { timePrograms } from './whole-processes.mjs';

const scales = {
  full: { majors: [20, 22, 24], rounds: 25, attempts: 3 },
  quick: { majors: [20, 22, 24], rounds: 5, attempts: 2 },
  tiny: { majors: [], rounds: 1, attempts: 1 },
};

/** 10. What a process pays before and at its first call. */
export const startup = {
  number: 10,
  key: 'startup',
  title: 'A new process',
  needs: ['redis', 'dynamodb'],

  async measure({ scale, redis, dynamodb, log }) {
    const { majors, rounds, attempts } = scales[scale];
    const own = { node: process.version.slice(1), file: process.execPath };
    const others = majors
      .map((major) => ({ node: String(major), file: nodeHere(major) }))
      .filter(({ file }) => file !== null && file !== own.file);
    const imports = [];
    for (const { node, file } of [own, ...others]) {
      imports.push({ node: node.split('.')[0], times: await timePrograms(file, rounds) });
      log(`imports on Node ${node}`);
    }
    imports.sort((one, other) => Number(one.node) - Number(other.node));
    return { imports, firstCalls: await measureFirstCalls({ redis, dynamodb, attempts }) };
  },

  ratios: ({ firstCalls }) =>
    Object.fromEntries(
      firstCalls
        .filter(({ mode }) => mode === 'strict')
        .map(({ store, waits }) => [`${store}: round trips of a new process's first strict call`, waits[0]]),
    ),

  goals: (data) => [
    ...data.imports.flatMap((run) =>
      programs.filter(({ limit }) => limit !== undefined).map((program) => importGoal(run, program)),
    ),
    ...data.firstCalls.filter(({ mode }) => mode === 'strict').map(firstCallGoal),
  ],

  report: ({ imports, firstCalls }) => ({
    text: [
      'Whole processes from start to end, in turns with an empty one; ms. What an import costs is the median over the rounds of',
      'the difference within a round, by the processor time of the process, with its wall time in brackets. Both backends bring',
      'core with them.',
      '',
      table(
        ['', ...imports.flatMap(({ node }) => [`Node ${node}, whole process`, 'beyond'])],
        programs.map((program) => [
          program.name,
          ...imports.flatMap((run) => [
            number(median(run.times[program.id].map(({ cpu }) => cpu))),
            program.beyond === undefined
              ? '–'
              : `${number(beyond(run, program, 'cpu'))} (${number(beyond(run, program, 'wall'))})`,
          ]),
        ]),
      ),
      '',
      'A core or a client is compared with the empty program, a backend with its client.',
      '',
      'The first calls of a new process, to a circuit that others have used: how many round trips a call waits for, by the time',
      'it takes on a slow line, and how many commands or requests it sends. The views of bounded stay fresh here, so that only',
      'its first call waits.',
      '',
      table(
        ['', 'first call: round trips', 'second', 'third', 'fourth', 'first call: sent', 'second', 'third', 'fourth'],
        firstCalls.map(({ store, mode, waits, commands }) => [
          `${store === 'redis' ? 'Redis' : 'DynamoDB'}, ${mode}`,
          ...waits.map(number),
          ...commands.map(number),
        ]),
      ),
    ].join('\n'),
    charts: {},
  }),
};

/** ms */
function beyond({ times }, program, field) {
  const [these, those] = [times[program.id], times[program.beyond]];
  return median(these.map((round, index) => round[field] - those[index][field]));
}

function importGoal(run, program) {
  const milliseconds = beyond(run, program, 'cpu');
  const wall = beyond(run, program, 'wall');
  const than = programs.find(({ id }) => id === program.beyond).name;
  return {
    goal: `Node ${run.node}: a process with ${program.name} takes at most ${program.limit} ms more than with ${than}`,
    measured: `${number(milliseconds)} ms of processor time, ${number(wall)} ms of wall time`,
    met: milliseconds <= program.limit,
    missedBy: milliseconds <= program.limit ? null : `${number((milliseconds / program.limit - 1) * 100)} %`,
    why: 'reading, compiling and running what is imported',
  };
}

function firstCallGoal({ store, waits }) {
  const [first, ...others] = waits;
  const usual = Math.max(...others);
  return {
    goal: `A new process's first strict call on ${store === 'redis' ? 'Redis' : 'DynamoDB'} waits for no more round trips than any other`,
    measured: `${first}, the others ${usual}`,
    met: first <= usual,
    missedBy: first <= usual ? null : `${first - usual} round trips`,
    why: 'what is asked only once is asked then',
  };
}
