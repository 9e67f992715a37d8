import type { CircuitBreakerFactory, WorkContext } from '@circuitry/core';
import type { Item } from './item.js';
import type { BatchRules } from './options.js';

/** What became of a message. */
export type Outcome =
  | { readonly kind: 'done' }
  /** The work ran and threw. */
  | { readonly kind: 'failed'; readonly reason: unknown }
  /** The work did not run. */
  | { readonly kind: 'refused'; readonly error: unknown }
  /** It stands behind one of its FIFO group that is not done: it was not tried. `behind` is what became of that one. */
  | { readonly kind: 'untried'; readonly behind: Outcome };

/** What a message's work is given: its circuit's signal, and whether this is a trial. */
export type BatchWork<Source> = (message: Source, context: WorkContext) => unknown;

/** Runs a batch behind circuits, and answers what became of each message, in the order given. */
export async function runBatch<Source, Context>(
  factory: CircuitBreakerFactory<Context>,
  rules: BatchRules<Source>,
  work: BatchWork<Source>,
  items: readonly Item<Source>[],
): Promise<Outcome[]> {
  const outcomes = new Map<Item<Source>, Outcome>();
  const lanes = lanesOf(items);
  const runLane = async (lane: readonly Item<Source>[]): Promise<void> => {
    let behind: Outcome | null = null;
    for (const item of lane) {
      const outcome: Outcome = behind === null ? await runOne(factory, rules, work, item) : { kind: 'untried', behind };
      outcomes.set(item, outcome);
      if (behind === null && outcome.kind !== 'done') behind = outcome;
    }
  };
  const worker = async (): Promise<void> => {
    for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) await runLane(lane);
  };
  await Promise.all(Array.from({ length: Math.min(rules.concurrency, lanes.length) }, worker));
  return items.map((item) => outcomes.get(item) as Outcome);
}

/** What has to run one after the other: the messages of a FIFO group; any other is alone. */
function lanesOf<Source>(items: readonly Item<Source>[]): Item<Source>[][] {
  const groups = new Map<string, Item<Source>[]>();
  const lanes: Item<Source>[][] = [];
  for (const item of items) {
    const known = item.group === null ? undefined : groups.get(item.group);
    if (known !== undefined) {
      known.push(item);
    } else {
      const lane = [item];
      lanes.push(lane);
      if (item.group !== null) groups.set(item.group, lane);
    }
  }
  return lanes;
}

async function runOne<Source, Context>(
  factory: CircuitBreakerFactory<Context>,
  { circuit, context }: BatchRules<Source>,
  work: BatchWork<Source>,
  { source }: Item<Source>,
): Promise<Outcome> {
  try {
    const name = typeof circuit === 'function' ? circuit(source) : circuit;
    const breaker = factory.breakerFor(name, (context?.(source) ?? {}) as Context);
    const result = await breaker.settle((running) => work(source, running));
    if (result.status === 'fulfilled') return { kind: 'done' };
    if (result.status === 'rejected') return { kind: 'failed', reason: result.reason };
    return { kind: 'refused', error: result.error };
  } catch (reason) {
    // `circuit` or `context` threw, for a body that is no JSON for instance: this message's trouble, and not the batch's.
    return { kind: 'failed', reason };
  }
}
