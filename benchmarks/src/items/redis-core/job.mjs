import { connect, serverFigures } from '../../processes/redis-client.mjs';
import { contestantsOn, loadScripts } from './contestants.mjs';

/** All contestants by turns, over the same tenants; for each round µs of processor time per call, of server and client. */
export async function run({ url, tenants, callers, calls, rounds, compared }) {
  const client = await connect(url);
  await client.flushall();
  await loadScripts(client);
  const contestants = contestantsOn(client).filter(({ id }) => compared?.includes(id) ?? true);
  const names = Array.from({ length: tenants }, (_, index) => `tenant-${String(index).padStart(6, '0')}`);
  for (const { prepare } of contestants) await together(names.length, callers, (index) => prepare(names[index]));
  const answers = Object.fromEntries(contestants.map(({ id, name }) => [id, { id, name, rounds: [] }]));
  // The first round compiles the code, and is not counted.
  for (let round = -1; round < rounds; round += 1) {
    for (const { id, call } of contestants) {
      const before = await serverFigures(client);
      const began = process.cpuUsage();
      await together(calls, callers, (index) => call(names[index % names.length]));
      const { user, system } = process.cpuUsage(began);
      const after = await serverFigures(client);
      const server = ((after.cpu - before.cpu) * 1_000_000) / calls;
      if (round >= 0) answers[id].rounds.push({ server, client: (user + system) / calls });
    }
  }
  const sequential = await oneAfterTheOther(contestants, names);
  const [key] = await client.keys('ours:*');
  const bytes = await client.call('MEMORY', 'USAGE', key, 'SAMPLES', 0);
  for (const { close } of contestants) await close();
  client.disconnect();
  return { contestants: Object.values(answers), sequential, bytes };
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
