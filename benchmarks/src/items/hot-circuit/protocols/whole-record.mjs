import { runScript, script } from './script.mjs';
import { admits, emptyRecord, withSuccess } from './whole-state.mjs';

const key = 'whole-record:hot';

/** Answers nil where it swapped, else what stands there: a loser needs no second read. */
const swap = script(`
local current = redis.call('GET', KEYS[1]) or ''
if current ~= ARGV[1] then return current end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return false`);

/** Read the whole record, run, write the whole record if nobody else did; else again on what stands there. */
export const wholeRecord = {
  id: 'whole-record',
  name: 'compare-and-set of the whole record',
  commands:
    'start: `GET`; end: `EVALSHA` compare-and-set of the JSON (`SET … PX` if the value is the one read), again with the value found until it wins',
  async open(client) {
    await client.script('LOAD', swap.lua);
    return {
      async call(isOver) {
        let current = (await client.get(key)) ?? '';
        if (!admits(current)) throw new Error('it is not closed');
        await work();
        for (;;) {
          const found = await runScript(client, swap, [key], [current, withSuccess(current), 86_400_000]);
          if (found === null) return true;
          if (isOver()) return false;
          current = found;
        }
      },
      clear: () => client.set(key, JSON.stringify(emptyRecord)),
    };
  },
  async counted(client) {
    return JSON.parse(await client.get(key)).total;
  },
};

async function work() {}
