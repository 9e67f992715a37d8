import type { Fleet } from '../simulation/fleet.js';
import type { World } from '../simulation/world.js';

/** One line of the comparison. */
export interface Line {
  readonly title: string;
  readonly other: number;
  readonly shared: number;
  readonly show: (value: number) => string;
}

const seconds = (ms: number): string =>
  ms < 950 ? `${Math.round(ms)} ms` : ms < 9_950 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
const count = (value: number): string => value.toLocaleString('en');

export function linesOf({ other, shared }: World): readonly Line[] {
  const line = (title: string, show: Line['show'], of: (fleet: Fleet) => number): Line => ({
    title,
    show,
    other: of(other),
    shared: of(shared),
  });
  return [
    line('calls into the broken dependency', count, ({ tally }) => tally.callsIntoTrouble),
    line('worker time spent on calls that failed', seconds, ({ tally }) => tally.wasted),
    line('healthy jobs: mean wait for a worker', seconds, ({ tally }) =>
      tally.healthyJobs === 0 ? 0 : tally.healthyWait / tally.healthyJobs,
    ),
    line('healthy jobs: longest wait', seconds, ({ tally }) => tally.longestHealthyWait),
    line('attempts spent on failures', count, ({ tally }) => tally.failedCalls),
    line('requests to the store', count, ({ kind, way }) => (kind === 'shared' ? way.reads + way.writes : 0)),
    line('jobs given up after too many attempts', count, ({ tally }) => tally.lost),
    line('refused without running', count, ({ tally }) => tally.refused),
  ];
}

/** What the picture shows, in a sentence or two. */
export function verdictOf(world: World): string {
  const { other, shared } = world;
  if (other.tally.callsIntoTrouble === 0) {
    return 'All is well: both fleets do the same. Break a dependency and see who notices, and how often.';
  }
  const them = other.kind === 'none' ? 'Without a breaker' : 'With a breaker in each process';
  return (
    `${them}, ${calls(other)} ran into the trouble and cost workers ${seconds(other.tally.wasted)}. ` +
    `With shared circuits ${calls(shared)} did, for ${seconds(shared.tally.wasted)}: what one worker learns, ` +
    `all ${world.scenario.world.workers} know.`
  );
}

function calls({ tally }: Fleet): string {
  return tally.callsIntoTrouble === 1 ? 'one call' : `${tally.callsIntoTrouble} calls`;
}
