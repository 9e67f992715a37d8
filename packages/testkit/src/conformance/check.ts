import type { Time } from '../clock.js';
import type { Random } from '../concurrency/random.js';
import type { Handle } from './handle.js';
import type { Session } from './session.js';

/** What a check needs beyond the plain verbs; where it is absent the check is skipped. */
export type Need = 'outage' | 'lostReplies' | 'corrupt' | 'held' | 'watch' | 'close';

/** One check of one clause: plain data. */
export interface Check {
  /** The clause’s id. */
  readonly clause: string;
  /** A true sentence that begins with the clause’s id. */
  readonly title: string;
  /** What a harness or backend must have for it to run. */
  readonly needs?: readonly Need[];
  /** It runs alone: it has the store go away, or the process stand still. */
  readonly alone?: boolean;
  /** Throws where the clause is broken. */
  readonly run: (context: CheckContext) => Promise<void>;
}

/** What a check works with. */
export interface CheckContext {
  /** Draws from the run’s seed. */
  readonly random: Random;
  /** Waits, and tells how long. */
  readonly time: Time;
  /** A fresh store; closed when the check is over. */
  readonly open: () => Promise<Session>;
  /** `count` handles on one fresh store. */
  readonly handles: (count: number) => Promise<Handle[]>;
}

/** A check, with less to repeat. */
export function check(
  clause: string,
  sentence: string,
  run: (context: CheckContext) => Promise<void>,
  needs: readonly Need[] = [],
): Check {
  // An outage of one store may be an outage of the server that all stores share.
  const alone = needs.includes('outage') || needs.includes('lostReplies');
  return { clause, title: `${clause} ${sentence}`, needs, alone, run };
}
