import { setImmediate as turn } from 'node:timers/promises';
import { contestants } from './contestants.mjs';

/** Calls between two turns of the event loop. */
const chunk = 1_000;
const warmUp = 2;

/**
 * All contestants in one process, turn after turn: the compiler sees many shapes, as in a real program, and each call
 * brings a function of its own.
 *
 * @returns {Promise<Record<string, { wall: number, cpu: number }[]>>} ns per call, by contestant and round
 */
export async function run({ url, rounds, milliseconds }) {
  const opened = [];
  for (const contestant of contestants) opened.push({ ...contestant, ...(await contestant.open({ url })) });
  const answers = Object.fromEntries(opened.map(({ id }) => [id, []]));
  // The first rounds compile the code, and are not counted.
  for (let round = -warmUp; round < rounds; round += 1) {
    for (let place = 0; place < opened.length; place += 1) {
      const contestant = opened[(place + round + warmUp) % opened.length];
      const timed = await takeTurn(contestant, milliseconds);
      if (round >= 0) answers[contestant.id].push(timed);
    }
  }
  for (const { close } of opened) await close?.();
  return answers;
}

async function takeTurn({ id, call, settle, isOpen = false }, milliseconds) {
  const callMany = isOpen ? refusedMany : answeredMany;
  const begun = performance.now();
  const before = process.cpuUsage();
  let calls = 0;
  do {
    const right = await callMany(call);
    if (right !== chunk) throw new Error(`${id}: ${right} of ${chunk} calls went as they should`);
    calls += chunk;
    await turn();
  } while (performance.now() - begun < milliseconds);
  // What it counted in memory is its own to send, and not the next one's.
  await settle?.();
  const { user, system } = process.cpuUsage(before);
  const wall = performance.now() - begun;
  return { wall: (wall * 1e6) / calls, cpu: ((user + system) * 1_000) / calls };
}

async function answeredMany(call) {
  let right = 0;
  for (let index = 0; index < chunk; index += 1) if ((await call(async () => index)) === index) right += 1;
  return right;
}

async function refusedMany(call) {
  let refused = 0;
  for (let index = 0; index < chunk; index += 1) {
    try {
      await call(async () => index);
    } catch {
      refused += 1;
    }
  }
  return refused;
}
