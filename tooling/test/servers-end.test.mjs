import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
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
  `a server and its folder end with the program that started it, also when that is killed${reason === null ? '' : ` (${reason})`}`,
  async () => {
    const at = (file) => JSON.stringify(join(root, 'tooling/servers', file));
    const program = `import { startRedis } from ${at('redis.mjs')};
    import { ownFolder } from ${at('own-folder.mjs')};
    const { port } = await startRedis();
    console.log(JSON.stringify({ port, folder: ownFolder('test') }));
    setInterval(() => {}, 1_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const { port, folder } = JSON.parse(await new Promise((resolve) => child.stdout.once('data', resolve)));
      expect(await answers(port)).toBe(true);
      expect(existsSync(folder)).toBe(true);
      child.kill('SIGKILL');
      await until('the end of the server', async () => !(await answers(port)), 30_000);
      await until('the end of its folder', async () => !existsSync(dirname(folder)), 30_000);
    } finally {
      child.kill('SIGKILL');
    }
  },
);

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
