import { timeCalls } from '../../measure/time-calls.mjs';
import { closedContestants } from './contestants.mjs';

/** Times one contestant in a process of its own: nobody's compiled code or garbage is another's. */
export async function run({ id, url, milliseconds }) {
  const { call, close } = await closedContestants.find((contestant) => contestant.id === id).open({ url });
  if ((await call()) !== 42) throw new Error(`${id} did not run the work`);
  const timed = await timeCalls(call, { milliseconds });
  await close?.();
  return timed;
}
