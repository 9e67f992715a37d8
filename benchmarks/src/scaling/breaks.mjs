import { number } from '../report/format.mjs';
import { limits, usable } from './inputs.mjs';
import { fleet } from './model.mjs';

/** What gives way first, in words, from the same numbers as the tables. */
export function firstBreaks(rows, costs) {
  const find = (load, mode) => rows.find((row) => row.load.id === load && row.mode.id === mode);
  const strictCall = costs.read.server + costs.write.server;
  const oneCore = (usable * 1_000_000) / strictCall;
  const zipf = find('zipf', 'strict');
  const hot = find('hot', 'bounded-250ms');
  const least = fleet.workers / limits.partition.writes;
  return [
    `1. **A single Redis, strict: its one core.** A strict call takes ${number(strictCall)} µs of it. So ${number(usable * 100)} % of a core carries ${number(oneCore)} calls a second. Memory is`,
    "   far from its limit then. Take `counting: 'failures'` first, then a longer view, then a Cluster.",
    `2. **A Cluster: the busiest circuit.** Masters share the tenants, but never one tenant. By Zipf's law the first of a million has ${number(zipf.busiest.calls)} calls a`,
    `   second. Strict, it takes ${number(zipf.busiestCore * 100)} % of a core alone. One circuit that everybody calls would take ${number(find('hot', 'strict').busiestCore * 100)} %. Give such circuits bounded`,
    `   staleness: with 250 ms, ${number(fleet.workers)} workers send ${number(hot.reads + hot.writes)} operations a second for one circuit, ${number(hot.busiestCore * 100)} % of a core, however many calls they make.`,
    `3. **DynamoDB, strict: money, then the item.** ${number(fleet.callsPerSecond)} strict calls a second cost ${number(find('even', 'strict').dynamodbMoney)} dollars a month. And one circuit takes at most`,
    `   ${number(limits.partition.writes)} writes a second. In bounded mode each worker that calls a circuit writes once per \`maxStaleness\`. So ${number(fleet.workers)} workers on one circuit need at least`,
    `   \`maxStaleness: '${number(least)}s'\`, and better twice that, or \`counting: 'failures'\`, which writes no successes at all.`,
    '4. **The workers: never first.** The table above says what their calls cost. `maxCircuits` bounds their memory.',
  ].join('\n');
}
