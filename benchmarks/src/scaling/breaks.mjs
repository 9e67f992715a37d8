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
    `1. **A single Redis, strict: its one core.** A strict call takes ${number(strictCall)} µs of it, so ${number(usable * 100)} % of it carries ${number(oneCore)} calls a second. Memory is`,
    "   far from being the limit: take `counting: 'failures'`, then a longer view, then a Cluster.",
    `2. **A Cluster: the busiest circuit.** More masters share tenants, never one tenant. By Zipf's law the first of a million has ${number(zipf.busiest.calls)} calls a`,
    `   second: strict, that is ${number(zipf.busiestCore * 100)} % of a core for it alone, and one circuit that everybody calls is ${number(find('hot', 'strict').busiestCore * 100)} %. Such circuits want`,
    `   bounded: with 250 ms ${number(fleet.workers)} workers ask for one circuit ${number(hot.reads + hot.writes)} times a second, ${number(hot.busiestCore * 100)} % of a core, however many calls they make.`,
    `3. **DynamoDB, strict: money, then the item.** ${number(fleet.callsPerSecond)} strict calls a second are ${number(find('even', 'strict').dynamodbMoney)} dollars a month, and one circuit takes at most`,
    `   ${number(limits.partition.writes)} writes a second. Each worker that calls a circuit writes once per \`maxStaleness\`, so ${number(fleet.workers)} workers on one circuit need at least`,
    `   \`maxStaleness: '${number(least)}s'\`, better twice that; or \`counting: 'failures'\`, which writes no successes at all.`,
    '4. **The workers: never first.** What a call costs them is in the table above; their memory is bounded by `maxCircuits`.',
  ].join('\n');
}
