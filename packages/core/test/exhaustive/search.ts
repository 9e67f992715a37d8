import { assertWaits, newWitness, stepsToClose, witnessed, type Expectation, type Witness } from './invariants.js';
import { stepsFrom, type Fleet, type FleetOptions, type Step } from './model-fleet.js';
import { keyOf } from './state-key.js';

/** A fleet to search. */
export interface SearchOptions extends FleetOptions {
  readonly workers: number;
  readonly expectation: Expectation;
  /** Beyond it all times are as over as each other, ms: more than any period of the rules. */
  readonly horizon: number;
  /** How many steps a story may have. */
  readonly mostDepth: number;
}

export interface SearchResult {
  readonly states: number;
  readonly steps: number;
  readonly depth: number;
  /** Whether no step leads out of the states visited: then nothing lies deeper. */
  readonly isComplete: boolean;
  /** The names of the steps that led to a new state. */
  readonly seen: ReadonlySet<string>;
}

interface Node {
  readonly fleet: Fleet;
  readonly witness: Witness;
  readonly from: Node | null;
  readonly by: string;
}

/** Visits every state that a fleet can reach, breadth first, and checks each step and each state. @throws at a flaw */
export function search(options: SearchOptions): SearchResult {
  const { horizon } = options;
  const start: Fleet = {
    now: 1_000,
    record: null,
    workers: new Array<{ at: 'idle' }>(options.workers).fill({ at: 'idle' }),
  };
  let frontier: Node[] = [{ fleet: start, witness: newWitness, from: null, by: 'start' }];
  const visited = new Set([keyOf(start, horizon) + witnessKey(newWitness, start.now)]);
  const healed = new Set<string>();
  const seen = new Set<string>();
  let steps = 0;
  let depth = 0;
  for (; frontier.length > 0 && depth < options.mostDepth; depth += 1) {
    const next: Node[] = [];
    for (const node of frontier) {
      for (const step of stepsFrom(node.fleet, options)) {
        steps += 1;
        const reached = take(node, step, options);
        const key = keyOf(reached.fleet, horizon) + witnessKey(reached.witness, reached.fleet.now);
        if (visited.has(key)) continue;
        visited.add(key);
        seen.add(step.name.replace(/ #\d+$/, ''));
        assertHeals(reached, options, healed);
        next.push(reached);
      }
    }
    frontier = next;
  }
  return { states: visited.size, steps, depth, isComplete: frontier.length === 0, seen };
}

function take(from: Node, step: Step, options: SearchOptions): Node {
  const { expectation } = options;
  try {
    const witness = step.happenings.reduce((seen, happening) => witnessed(seen, happening, expectation), from.witness);
    assertWaits(step.fleet, witness, options);
    return { fleet: step.fleet, witness, from, by: step.name };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${story(from)}${step.name}`, { cause: error });
  }
}

/** The workers are killed first, so records that are alike need to be healed but once. */
function assertHeals(node: Node, options: SearchOptions, healed: Set<string>): void {
  const { now, record } = node.fleet;
  const key = keyOf({ now, record, workers: [] }, options.horizon);
  if (healed.has(key)) return;
  healed.add(key);
  if (stepsToClose(node.fleet, options, 200) === null) throw new Error(`F5: wedged\n${story(node)}`);
}

function story(node: Node | null): string {
  const lines: string[] = [];
  for (let each = node; each !== null; each = each.from) lines.unshift(each.by);
  return lines.map((line) => `${line}\n`).join('');
}

function witnessKey(witness: Witness, now: number): string {
  const { tickets, limit, run, hasRun, succeeded, failed, hasTold, waitUntil } = witness;
  return `/${tickets},${limit},${run},${hasRun},${succeeded},${failed},${hasTold},${Math.max(waitUntil - now, 0)}`;
}
