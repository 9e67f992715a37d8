import { number } from './format.mjs';

/**
 * A goal that is a ratio: met where wall time and processor time both are, or `byProcessor` where processor time is.
 *
 * @returns {{ goal: string, measured: string, met: boolean, missedBy: string | null, why: string }}
 */
export function goalOfRatio({ goal, limit, wall, cpu, best, byProcessor = false, why }) {
  const worse = byProcessor ? cpu : Math.max(wall, cpu);
  return {
    goal,
    measured: `${number(cpu)} of its processor time, ${number(wall)} of its wall time${best === undefined ? '' : `, ${number(best)} in the quietest sample of each`} (limit ${limit})`,
    met: worse <= limit,
    missedBy: worse <= limit ? null : `${number((worse / limit - 1) * 100)} %`,
    why,
  };
}

/** A goal that is a value with a unit: judged by the best round, since the machine is shared. */
export function goalOfValue({ goal, limit, unit, wall, cpu, why }) {
  const best = Math.min(wall, cpu);
  return {
    goal,
    measured: `${number(cpu)} ${unit} of processor time, ${number(wall)} ${unit} of wall time, best round (limit ${limit} ${unit})`,
    met: best <= limit,
    missedBy: best <= limit ? null : `${number((best / limit - 1) * 100)} %`,
    why,
  };
}

/** A goal that is a factor: the more the better. */
export function goalOfFactor({ goal, least, factor, why }) {
  return {
    goal,
    measured: `${number(factor)} times (at least ${least})`,
    met: factor >= least,
    missedBy: factor >= least ? null : `${number((1 - factor / least) * 100)} %`,
    why,
  };
}
