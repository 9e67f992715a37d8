import { timeCalls } from '../../measure/time-calls.mjs';
import { openContestants } from './contestants.mjs';

/** Times one contestant's refusals in a process of its own. */
export async function run({ id, url, milliseconds }) {
  const { call, close } = await openContestants.find((contestant) => contestant.id === id).open({ url });
  if ((await call()) !== true) throw new Error(`${id} did not refuse the call`);
  const timed = await timeCalls(call, { milliseconds });
  if ((await call()) !== true) throw new Error(`${id} has closed meanwhile`);
  await close?.();
  return timed;
}
