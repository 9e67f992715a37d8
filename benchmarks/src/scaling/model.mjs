import { hoursPerMonth, inputs, usable } from './inputs.mjs';
import { perCall } from './simulation.mjs';

export const fleet = { workers: 1_000, callsPerSecond: 1_000_000, tenants: 1_000_000 };

/** How the calls fall on the tenants. */
export const loads = [
  { id: 'even', name: 'a million tenants, all alike' },
  { id: 'zipf', name: "a million tenants, by Zipf's law" },
  { id: 'hot', name: 'one circuit' },
];

/** What the factories are set to. `staleness`: s. */
export const modes = [
  { id: 'strict', name: 'strict', kind: 'strict' },
  { id: 'strict-failures', name: "strict, `counting: 'failures'`", kind: 'strict', withoutSuccesses: true },
  { id: 'bounded-250ms', name: 'bounded, 250 ms', kind: 'bounded', staleness: 0.25 },
  { id: 'bounded-10s', name: 'bounded, 10 s', kind: 'bounded', staleness: 10 },
  {
    id: 'bounded-10s-failures',
    name: "bounded, 10 s, `counting: 'failures'`",
    kind: 'bounded-failures',
    staleness: 10,
    withoutSuccesses: true,
  },
];

/** Per second: calls, reads and writes of the whole fleet, and of its busiest circuit. */
export function traffic(simulated, load, mode) {
  const rates = { even: evenRates, zipf: zipfRates, hot: hotRates }[load.id]();
  const all = { reads: 0, writes: 0 };
  let busiest = null;
  for (const { perSecond, circuits } of rates) {
    // One worker's calls to one circuit, in units of maxStaleness.
    const each = perSecond / fleet.workers;
    const sent = perCall(simulated, mode.kind, each * (mode.staleness ?? 1));
    const reads = perSecond * sent.reads;
    const writes = mode.withoutSuccesses === true ? 0 : perSecond * sent.writes;
    all.reads += reads * circuits;
    all.writes += writes * circuits;
    busiest ??= { calls: perSecond, reads, writes };
  }
  return { ...all, busiest };
}

function evenRates() {
  return [{ perSecond: fleet.callsPerSecond / fleet.tenants, circuits: fleet.tenants }];
}

function hotRates() {
  return [{ perSecond: fleet.callsPerSecond, circuits: 1 }];
}

/** Ranks one by one where they differ, and in ever larger groups further down. */
function zipfRates() {
  const groups = [];
  for (let rank = 1; rank <= fleet.tenants;) {
    const circuits = Math.min(Math.max(1, Math.floor(rank / 100)), fleet.tenants - rank + 1);
    groups.push({ circuits, weight: 1 / (rank + (circuits - 1) / 2) });
    rank += circuits;
  }
  const whole = groups.reduce((sum, { circuits, weight }) => sum + circuits * weight, 0);
  return groups.map(({ circuits, weight }) => ({ circuits, perSecond: (fleet.callsPerSecond * weight) / whole }));
}

/** What was measured, by item of the report: µs, bytes, units. */
export function costsOf({ items }) {
  const redis = items['redis-core'].data;
  const best = (wanted, side) =>
    Math.min(...redis.contestants.find(({ id }) => id === wanted).rounds.map((round) => round[side]));
  const strict = { server: best('ours', 'server'), client: best('ours', 'client') };
  const read = { server: best('ours-refused', 'server'), client: best('ours-refused', 'client') };
  const dynamodb = items.dynamodb.data.find((one) => one.mode === 'strict' && one.situation === 'one');
  const bounded = items['closed-calls'].data.find(({ id }) => id === 'bounded-redis');
  const { runs, maxCircuits } = items['many-circuits'].data;
  const filled = runs.find((run) => run.mode === 'strict' && run.circuits === maxCircuits) ?? runs[0];
  return {
    read,
    write: { server: strict.server - read.server, client: strict.client - read.client },
    boundedCall: bounded.cpu.median / 1_000,
    recordBytes: redis.bytes,
    readUnits: dynamodb.readUnits,
    writeUnits: dynamodb.writeUnits,
    heapPerCircuit: filled.heap / Math.min(filled.circuits, maxCircuits),
  };
}

/** All that one load needs in one mode. Money: dollars a month. */
export function needs(costs, simulated, load, mode) {
  const sent = traffic(simulated, load, mode);
  const cores = ({ reads, writes }, side) => (reads * costs.read[side] + writes * costs.write[side]) / 1_000_000;
  const redisCores = cores(sent, 'server');
  const masters = Math.max(1, Math.ceil(redisCores / usable));
  const records = mode.withoutSuccesses === true ? 0 : load.id === 'hot' ? 1 : fleet.tenants;
  const memory = records * costs.recordBytes;
  const perMonth = 3_600 * hoursPerMonth;
  const units = { reads: sent.reads * costs.readUnits, writes: sent.writes * costs.writeUnits };
  return {
    ...sent,
    redisCores,
    masters,
    memory,
    busiestCore: cores(sent.busiest, 'server'),
    // A strict call is its round trips; a bounded one costs also where it makes none.
    workerCores:
      cores(sent, 'client') + (mode.kind === 'strict' ? 0 : (fleet.callsPerSecond * costs.boundedCall) / 1e6),
    // Twice: a replica for each master.
    redisMoney: masters * 2 * inputs.coreHour.value * hoursPerMonth,
    serverlessMoney:
      ((sent.reads + sent.writes) * perMonth * inputs.ecpu.value) / 1_000_000 +
      Math.max(0.1, memory / 1e9) * inputs.cacheGigabyteHour.value * hoursPerMonth,
    units,
    dynamodbMoney:
      ((units.reads * inputs.readUnits.value + units.writes * inputs.writeUnits.value) * perMonth) / 1_000_000,
    busiestUnits: { reads: sent.busiest.reads * costs.readUnits, writes: sent.busiest.writes * costs.writeUnits },
  };
}
