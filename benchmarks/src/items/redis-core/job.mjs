import { connect, serverFigures } from '../../processes/redis-client.mjs';
import { contestantsOn, loadScripts, protocolsOn } from './contestants.mjs';

/**
 * All contestants by turns, over the same tenants; for each round µs of processor time per call, of server and client, and how
 * often the server had to read from a socket. Three times: as each client sends by itself, with the commands of one turn
 * in one write (ours does so anyway), and one caller alone, whose commands have nobody to share a write with.
 */
export async function run({ url, tenants, callers, calls, rounds, compared }) {
  const [client, batching] = [await connect(url), await connect(url, { enableAutoPipelining: true })];
  await client.flushall();
  await loadScripts(client);
  const isWanted = ({ id }) => compared?.includes(id) ?? true;
  const contestants = contestantsOn(client).filter(isWanted);
  const batched = protocolsOn(batching).filter(isWanted);
  const names = Array.from({ length: tenants }, (_, index) => `tenant-${String(index).padStart(6, '0')}`);
  for (const { prepare } of contestants) await together(names.length, callers, (index) => prepare(names[index]));
  const answers = Object.fromEntries(
    contestants.map(({ id, name }) => [id, { id, name, rounds: [], batched: [], alone: [] }]),
  );
  const settings = [
    { key: 'rounds', compete: contestants, callers, calls },
    { key: 'batched', compete: batched, callers, calls },
    {
      key: 'alone',
      compete: contestants.filter(({ hasWindow }) => !hasWindow),
      callers: 1,
      calls: Math.ceil(calls / 8),
    },
  ];
  // The first round compiles the code, and is not counted.
  for (let round = -1; round < rounds; round += 1) {
    for (const { key, compete, ...amount } of settings) {
      for (const { id, call } of compete) {
        const figures = await measure(client, amount, (index) => call(names[index % names.length]));
        if (round >= 0) answers[id][key].push(figures);
      }
    }
  }
  const sequential = await oneAfterTheOther(contestants, names);
  const [key] = await client.keys('ours:*');
  const bytes = await client.call('MEMORY', 'USAGE', key, 'SAMPLES', 0);
  for (const { close } of contestants) await close();
  client.disconnect();
  batching.disconnect();
  return { contestants: Object.values(answers), sequential, bytes };
}

async function measure(client, { callers, calls }, call) {
  const before = await serverFigures(client);
  const began = process.cpuUsage();
  await together(calls, callers, call);
  const { user, system } = process.cpuUsage(began);
  const after = await serverFigures(client);
  return {
    server: ((after.cpu - before.cpu) * 1_000_000) / calls,
    client: (user + system) / calls,
    reads: (after.reads - before.reads) / calls,
  };
}

/** Pairs of short runs, so that what else the machine does meets both alike. Wall time of ours, over two bare scripts'. */
async function oneAfterTheOther(contestants, names) {
  const [ours, bare] = ['ours', 'bare-scripts'].map((wanted) => contestants.find(({ id }) => id === wanted));
  const ratios = [];
  for (let pair = 0; pair < 31; pair += 1) {
    const [one, other] = [await wall(ours, names), await wall(bare, names)];
    if (pair > 0) ratios.push(one / other);
  }
  return ratios.sort((one, other) => one - other)[Math.floor(ratios.length / 2)];
}

async function wall({ call }, names) {
  const began = performance.now();
  for (const name of names.slice(0, 100)) await call(name);
  return performance.now() - began;
}

async function together(count, callers, call) {
  let next = 0;
  const caller = async () => {
    while (next < count) await call(next++);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}
