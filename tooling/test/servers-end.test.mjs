import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { root } from '../command.mjs';
import { redisServer, until } from '../servers/redis.mjs';

const reason =
  'missing' in redisServer()
    ? redisServer().missing
    : process.platform !== 'linux' || !existsSync('/usr/bin/setpriv')
      ? 'only Linux with util-linux ends a child with its parent'
      : null;
const where = reason === null ? it : it.skip;

where(
  `a server ends with the program that started it, also when that is killed${reason === null ? '' : ` (${reason})`}`,
  async () => {
    const servers = join(root, 'tooling/servers/redis.mjs');
    const program = `import { startRedis } from ${JSON.stringify(servers)};
    const server = await startRedis();
    console.log(server.port);
    setInterval(() => {}, 1_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const port = await new Promise((resolve) => child.stdout.once('data', (text) => resolve(Number(text))));
    expect(await answers(port)).toBe(true);
    child.kill('SIGKILL');
    await until('the end of the server', async () => !(await answers(port)), 30_000);
  },
);

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
