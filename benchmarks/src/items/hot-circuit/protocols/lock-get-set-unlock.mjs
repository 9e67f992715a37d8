import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { runScript, script } from './script.mjs';
import { admits, emptyRecord, withSuccess } from './whole-state.mjs';

const stateKey = 'lock-get-set:hot';
const lockKey = 'lock-get-set:hot:lock';
/** ms */
const lease = 30_000;
const firstPause = 1;
const longestPause = 32;

const obtain = script(`
if redis.call('SETNX', KEYS[1], ARGV[1]) == 0 then return false end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.status_reply('OK')`);

const release = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`);

/** The Go original's protocol, with a key of its own for the lock: with the original's one key it can't run at all. */
export const lockGetSetUnlock = {
  id: 'lock',
  name: 'lock, get, set, unlock',
  commands:
    'the Go original: `EVALSHA obtain` (set if absent, with expiry), `GET`, the work, `SET`, `EVALSHA release`; the lock is held throughout. Who does not get it asks again after 1 ms, doubled up to 32 ms',
  async open(client) {
    for (const { lua } of [obtain, release]) await client.script('LOAD', lua);
    return {
      async call(isOver) {
        const token = randomBytes(16).toString('base64url');
        for (let wait = firstPause; (await runScript(client, obtain, [lockKey], [token, lease])) === null;) {
          if (isOver()) return false;
          await pause(wait);
          wait = Math.min(longestPause, wait * 2);
        }
        const json = (await client.get(stateKey)) ?? '';
        if (!admits(json)) throw new Error('it is not closed');
        await work();
        await client.set(stateKey, withSuccess(json));
        await runScript(client, release, [lockKey], [token]);
        return true;
      },
      clear: () => client.set(stateKey, JSON.stringify(emptyRecord)),
    };
  },
  async counted(client) {
    return JSON.parse(await client.get(stateKey)).total;
  },
};

async function work() {}
