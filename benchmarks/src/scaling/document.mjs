import { bytes, number, table } from '../report/format.mjs';
import { firstBreaks } from './breaks.mjs';
import { hoursPerMonth, inputs, limits, usable } from './inputs.mjs';
import { costsOf, fleet, loads, modes, needs } from './model.mjs';

/** What the document is made of: without one of these in the results there is none. */
const sources = ['closed-calls', 'many-circuits', 'redis-core', 'dynamodb', 'simulation'];

/** @returns {string | null} docs/scaling.md, wholly out of a run's results; null where those are not whole */
export function scalingDocument(results) {
  if (sources.some((key) => results.items[key]?.data === undefined)) return null;
  const costs = costsOf(results);
  const simulated = results.items.simulation.data;
  const rows = loads.flatMap((load) => modes.map((mode) => ({ load, mode, ...needs(costs, simulated, load, mode) })));
  return `${[
    '# Scaling',
    '<!-- Written by `npm run bench` (benchmarks/src/scaling): change what it is made of, not this file. -->',
    introduction(results),
    '## What goes in',
    measuredTable(costs),
    inputTable(),
    '## What the store is asked',
    operations(rows),
    '## Redis',
    redis(rows),
    '## DynamoDB',
    dynamodb(rows),
    '## The workers',
    workers(rows, costs),
    '## Where it breaks first',
    firstBreaks(rows, costs),
    '## What backs the numbers',
    backing(simulated),
  ].join('\n\n')}\n`;
}

function introduction({ date, machine }) {
  return [
    `What would ${number(fleet.workers)} workers with ${number(fleet.tenants)} tenants and ${number(fleet.callsPerSecond)} calls a second need? This page is a calculation. Nobody has`,
    `run such a fleet. The costs of a call were measured on one small machine (${date}, Node ${machine.node.slice(1)}; see [Performance](performance.md)). The`,
    'prices are cited.',
    '',
    'The ratios between the modes are reliable. The absolute numbers may be wrong by a factor of two in either direction.',
    '',
    'The calculation assumes that:',
    '',
    '- Every call succeeds. Each failure would add one write. An open circuit saves the write of each call that it refuses.',
    '- Circuits trip by consecutive failures, without a window. [Performance](performance.md) says what a window of 10 buckets adds.',
  ].join('\n');
}

function measuredTable(costs) {
  return table(
    ['measured', ''],
    [
      ['Redis: a read, processor time of the server', `${number(costs.read.server)} µs`],
      ['Redis: a write, the same', `${number(costs.write.server)} µs`],
      ['a read, processor time of the worker', `${number(costs.read.client)} µs`],
      ['a write, the same', `${number(costs.write.client)} µs`],
      ['a bounded call that sends nothing, processor time of the worker', `${number(costs.boundedCall)} µs`],
      ['a record in Redis', bytes(costs.recordBytes)],
      ['a remembered circuit in a worker', bytes(costs.heapPerCircuit)],
      ['DynamoDB: a strict call', `${number(costs.readUnits)} read unit, ${number(costs.writeUnits)} write unit`],
    ],
  );
}

function inputTable() {
  return table(
    ['taken from elsewhere', 'US dollars', 'source'],
    Object.values(inputs).map(({ text, value, source }) => [text, value, source]),
    [0, 2],
  );
}

function operations(rows) {
  return [
    'The table is per second and for the whole fleet.',
    '',
    '- **A strict call is a read and a write.** One process shares the reads and the writes of calls that come together. That helps',
    '  only if one worker calls one circuit hundreds of times a second.',
    '- **A bounded call sends something only when its view is no longer fresh.** So what counts is how often *one worker meets one',
    '  tenant* within `maxStaleness`, and not how many calls there are.',
    '- **If a million tenants are all alike**, a worker meets each of them once in a quarter of an hour, and a view hardly helps. Then',
    "  `counting: 'failures'` halves the traffic.",
    '',
    table(
      ['', '', 'reads/s', 'writes/s', 'operations per call', 'busiest circuit: operations/s'],
      rows.map((row) => [
        row.load.name,
        row.mode.name,
        number(row.reads),
        number(row.writes),
        number((row.reads + row.writes) / fleet.callsPerSecond),
        number(row.busiest.reads + row.busiest.writes),
      ]),
    ),
  ].join('\n');
}

function redis(rows) {
  return [
    '- **Cores**: the processor time of all servers together.',
    `- **Masters**: so many that each stays below ${number(usable * 100)} % of its one core, for a Redis server runs commands on one core. 1 means a single`,
    '  Redis, with Sentinel or without; more mean a Cluster.',
    '- **Busiest circuit**: the share of one core that this circuit takes alone. A circuit is one key, so it lives on one master.',
    '- **Own machines**: dollars a month for the masters and as many replicas.',
    '- **Serverless**: dollars a month on ElastiCache Serverless, at least: each operation is counted as one unit.',
    '',
    'Two things can make it more:',
    '',
    '- The costs are of workers with many calls at a time, whose commands travel together. A worker with a single call at a time costs',
    '  the server several times as much ([Performance](performance.md), item 9, *alone*).',
    '- On a Cluster a read is a script. That takes some microseconds more than the GET and the TIME of a single server.',
    '',
    table(
      [
        '',
        '',
        'cores',
        'masters',
        'busiest circuit, of a core',
        'records',
        'own machines, $ a month',
        'serverless, $ a month',
      ],
      rows.map((row) => [
        row.load.name,
        row.mode.name,
        number(row.redisCores),
        number(row.masters),
        `${number(row.busiestCore * 100)} %`,
        bytes(row.memory),
        number(row.redisMoney),
        number(row.serverlessMoney),
      ]),
    ),
    '',
    `Each worker holds a connection to each master, so a master has ${number(fleet.workers)} connections. With \`watch\` it has another ${number(fleet.workers)}, and each trip`,
    'is pushed to each worker once.',
    '',
    'Records of circuits that nobody calls expire, so the memory is that of the tenants of one day.',
  ].join('\n');
}

function dynamodb(rows) {
  return [
    'The table is on demand.',
    '',
    `- **Of the quota**: what the fleet needs as a multiple of the default quota, which is 40,000 units a second per table ([AWS](${limits.tableSource})).`,
    `- **Busiest item**: one item takes at most ${number(limits.partition.reads)} read and ${number(limits.partition.writes)} write units a second, whatever the table has ([AWS](${limits.partition.source})).`,
    '',
    table(
      ['', '', 'read units/s', 'write units/s', 'of the quota', "busiest item's write units/s", '$ a month'],
      rows.map((row) => [
        row.load.name,
        row.mode.name,
        number(row.units.reads),
        number(row.units.writes),
        number(Math.max(row.units.reads, row.units.writes) / limits.table),
        `${number(row.busiestUnits.writes)}${row.busiestUnits.writes > limits.partition.writes ? ' (too many)' : ''}`,
        number(row.dynamodbMoney),
      ]),
    ),
  ].join('\n');
}

function workers(rows, costs) {
  const perWorker = fleet.callsPerSecond / fleet.workers;
  return [
    `Each of the ${number(fleet.workers)} workers makes ${number(perWorker)} calls a second. The table has the processor time of all workers together, and of each one as a`,
    'share of one core:',
    '',
    table(
      ['', '', 'cores', 'of each worker'],
      rows.map((row) => [
        row.load.name,
        row.mode.name,
        number(row.workerCores),
        `${number((row.workerCores / fleet.workers) * 100)} %`,
      ]),
    ),
    '',
    `With \`maxCircuits: 10,000\` a worker remembers at most 10,000 circuits, ${bytes(10_000 * costs.heapPerCircuit)}.`,
  ].join('\n');
}

function backing({ workers: simulatedWorkers, loads: runs, trips }) {
  const at = (id) => trips.find((trip) => trip.id === id);
  return [
    `A simulation: ${number(simulatedWorkers)} workers with the real core on one virtual time, with up to ${number(Math.max(...runs.map(({ calls }) => calls)))} calls a run`,
    '([Performance](performance.md#13-a-thousand-workers-simulated)). The operations per call above come from it. It shows that a fleet sends as',
    'much as one worker, times its size.',
    '',
    'It also shows how long after a trip the last call is let in. That is never longer than `maxStaleness`, however many workers there are:',
    '',
    table(
      ['', 'last call let in', 'calls let in'],
      [
        ['strict', `within ${number(Math.max(1, at('strict').lastAdmission))} ms`, number(at('strict').admitted)],
        [
          'bounded, 250 ms, with `watch`',
          `within ${number(at('watched').lastAdmission)} ms`,
          number(at('watched').admitted),
        ],
        [
          'bounded, 250 ms, without',
          `within ${number(at('bounded-250').lastAdmission)} ms`,
          number(at('bounded-250').admitted),
        ],
        [
          'bounded, 1 s, without',
          `within ${number(at('bounded-1000').lastAdmission)} ms`,
          number(at('bounded-1000').admitted),
        ],
      ],
    ),
    '',
    `A month has ${hoursPerMonth} hours here. [How to repeat it](performance.md#how-to-repeat-it) measures everything again and writes this document anew.`,
  ].join('\n');
}
