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
    `What ${number(fleet.workers)} workers, ${number(fleet.tenants)} tenants and ${number(fleet.callsPerSecond)} calls a second would need: on paper, from costs that were`,
    `measured on one small machine (${date}, Node ${machine.node.slice(1)}; see [Performance](performance.md)) and from prices that are cited. Nobody has run`,
    'such a fleet. Take the ratios between the modes for granted, and the absolute numbers for half to twice.',
    '',
    'Every call succeeds here: each failure adds one write, and an open circuit saves the write of each refused call. Circuits',
    'are asked with consecutive failures, no window; a window of 10 buckets adds what [Performance](performance.md) says.',
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
    'Per second, of the whole fleet. A strict call is a read and a write; one process shares those that come together, which',
    'only helps where one worker meets one circuit hundreds of times a second. A bounded call sends something where its view',
    'is no longer fresh: so what counts is how often *one worker meets one tenant* within `maxStaleness`, not how many calls',
    'there are. A million tenants that are all alike meet each worker once in a quarter of an hour, and no view helps; then',
    "`counting: 'failures'` is what halves the traffic.",
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
    `*Cores* is the processor time of the servers. *Masters* are as many as keep each below ${number(usable * 100)} % of its one core (a Redis server`,
    'runs commands on one): 1 is a single Redis or a Sentinel, more is a Cluster. *The busiest circuit* is the share of one core',
    'that it takes by itself: a circuit is one key, and so one master. Money is a month, for the masters and as many replicas on',
    'machines of your own; beside it ElastiCache Serverless, at the least (each operation counted as one unit).',
    '',
    'Two things make it more. The costs are of workers with many calls at a time, whose commands travel together: one that',
    'has a single call at a time costs the server several times as much ([Performance](performance.md), item 9, *alone*). And',
    'on a Cluster a read is a script, which costs some microseconds more than the GET and the TIME of a single server.',
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
    `Each worker holds a connection to each master, so a master has ${number(fleet.workers)} of them, and with \`watch\` another ${number(fleet.workers)} in all: a trip`,
    'is then pushed to each worker once. Records of circuits that nobody calls expire, so memory is that of the tenants of a day.',
  ].join('\n');
}

function dynamodb(rows) {
  return [
    'On demand. *Of the quota*: how many times the default quota of 40,000 units a second per table ([AWS](' +
      limits.tableSource +
      ')) would have to be',
    `raised. One item takes at most ${number(limits.partition.reads)} read and ${number(limits.partition.writes)} write units a second, whatever the table has ([AWS](${limits.partition.source})).`,
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
    `Processor time of the ${number(fleet.workers)} workers together for their ${number(perWorker)} calls a second each, and the share of one core in each of them:`,
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
    `[Performance](performance.md#13-a-thousand-workers-simulated) has the simulation: ${number(simulatedWorkers)} workers with the real core on one virtual time, with`,
    `up to ${number(Math.max(...runs.map(({ calls }) => calls)))} calls a run. It gives the operations per call that stand above, and shows that a fleet sends what one worker sends, times`,
    `its size. After a trip there the last call is let in within ${number(Math.max(1, at('strict').lastAdmission))} ms in strict, ${number(at('watched').lastAdmission)} ms (${number(at('watched').admitted)} calls) with`,
    `\`watch\`, and ${number(at('bounded-250').lastAdmission)} ms (${number(at('bounded-250').admitted)}) and ${number(at('bounded-1000').lastAdmission)} ms (${number(at('bounded-1000').admitted)}) with views of 250 ms and 1 s that nobody pushes to: never later than \`maxStaleness\`, however`,
    'many workers there are.',
    '',
    `A month has ${hoursPerMonth} hours. [How to repeat it](performance.md#how-to-repeat-it) measures everything again and writes this document anew.`,
  ].join('\n');
}
