import { runFleet } from '../processes/fleet.mjs';
import { median, spreadOf } from './statistics.mjs';

/**
 * Times contestants in turns, each turn in a fresh process: whatever the machine does meanwhile, it does to all.
 *
 * @param {{ job: URL, contestants: { id: string, name: string }[], rounds: number, input: object, log: (text: string) => void }} options
 * @returns {Promise<{ id: string, name: string, rounds: object[], wall: object, wallBest: number, cpu: object }[]>} ns per call
 */
export async function timeInTurns({ job, contestants, rounds, input, log }) {
  const results = contestants.map(({ id, name }) => ({ id, name, rounds: [] }));
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another one, so that nobody always goes first.
    for (let index = 0; index < contestants.length; index += 1) {
      const result = results[(index + round) % contestants.length];
      const [timed] = await runFleet({ job, input: { ...input, id: result.id } });
      result.rounds.push(timed);
    }
    log(`round ${round + 1} of ${rounds}`);
  }
  return results.map((result) => ({
    ...result,
    wall: spreadOf(result.rounds.map(({ wall }) => wall)),
    wallBest: Math.min(...result.rounds.map(({ wallBest }) => wallBest)),
    cpu: spreadOf(result.rounds.map(({ cpu }) => cpu)),
  }));
}

/**
 * How many times as much `id` costs as `reference`: the median over the rounds of the ratio within each round.
 *
 * @param {'cpu' | 'wall'} kind
 */
export function ratioOf(results, id, reference, kind) {
  const of = (name) => results.find((result) => result.id === name).rounds;
  const [these, those] = [of(id), of(reference)];
  return median(these.map((round, index) => round[kind] / those[index][kind]));
}
