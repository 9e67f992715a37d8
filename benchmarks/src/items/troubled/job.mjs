import { RedisBackend } from '@circuitry/backend-redis';
import { connect, countCommands, serverFigures } from '../../processes/redis-client.mjs';
import { addClosed, recordOf } from '../../../../tooling/servers/fill-redis.mjs';
import { addOpen, opened } from './fill.mjs';

/** Fills a Redis step by step, and lists at each. */
export async function run({ url, sizes, open, listings, transitions }) {
  const admin = await connect(url);
  await admin.flushall();
  const client = await connect(url);
  const backend = new RedisBackend({ client });
  const counted = countCommands();
  /** What `work` costs for each of `times`: its commands, and the server's and the wall's time, µs. */
  const measured = async (times, work) => {
    const before = await serverFigures(admin);
    const commands = counted.commands;
    const began = performance.now();
    const items = await work();
    const wall = performance.now() - began;
    // The commands less the one that asks for the figures before; those after are not sent yet.
    const sent = counted.commands - commands;
    const after = await serverFigures(admin);
    return {
      items: items / times,
      commands: sent / times,
      server: ((after.cpu - before.cpu) / times) * 1e6,
      wall: (wall / times) * 1e3,
    };
  };
  const count = async (options) => {
    const names = [];
    for await (const { name } of backend.list(options)) names.push(name);
    return names.length;
  };
  const listTroubled = async () => {
    let items = 0;
    for (let time = 0; time < listings; time += 1) items += await count({ only: 'troubled' });
    return items;
  };

  await addOpen(backend, open);
  const runs = [];
  let closed = 0;
  for (const circuits of sizes) {
    await addClosed(admin, backend, closed + 1, circuits - open);
    closed = circuits - open;
    await count({ only: 'troubled' });
    runs.push({ circuits, troubled: await measured(listings, listTroubled), all: await measured(1, () => count({})) });
  }

  const writes = { stays: {}, opens: opened() };
  const costs = {};
  for (const [name, changes] of Object.entries(writes)) {
    const names = Array.from({ length: transitions }, (_, index) => `${name}/tenant-${index}`);
    for (const each of names) await backend.store(each, null, recordOf({}), { ttl: Infinity });
    costs[name] = await measured(transitions, async () => {
      for (const each of names) await backend.store(each, 1, recordOf({ ...changes, revision: 2 }), { ttl: Infinity });
      return transitions;
    });
  }
  await backend.close();
  client.disconnect();
  admin.disconnect();
  return { runs, costs };
}
