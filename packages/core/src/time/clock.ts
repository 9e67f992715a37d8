import { unwanted } from './thenable.js';
import type { Writable } from './writable.js';

/** How the library tells time: the only way. Tests and simulations give their own. */
export interface Clock {
  /** Milliseconds since the epoch. It may step back; nothing here breaks when it does. */
  now(): number;
  /**
   * Calls `callback` once, `ms` milliseconds from now, and returns what cancels it.
   *
   * `background: true` asks that the timer alone does not keep the process alive.
   */
  after(ms: number, callback: () => void, options?: { readonly background?: boolean }): () => void;
}

/** The longest delay that a host's timer takes: above it setTimeout fires at once. */
const longestTimeout = 2 ** 31 - 1;

/**
 * The machine's own clock: `Date.now` and `setTimeout`, looked up at each use.
 *
 * So it follows a test's fake timers, or any stub, from when they are installed until they are taken away. A timer of theirs
 * that is left over then comes by the host's own time. While a stub throws, or calls at once, a timer never comes, and no
 * call fails for that. A stub of `Date.now` that tells no time is not believed.
 */
export const systemClock: Clock = Object.freeze({
  now: hostNow,
  after(ms: number, callback: () => void, options?: { readonly background?: boolean }): () => void {
    const setAt = hostNow();
    let left = ms;
    const call = once(callback);
    // Heartbeats set themselves again: where a stub calls them in a microtask, the event loop would never go on. Nor would
    // work have a turn before its time-out.
    const fire = (): void => (hostNow() - setAt < ms / 2 ? void nextTurn().then(call) : call());
    let cancel = (): void => {};
    const arm = (): void => {
      const step = Math.min(left, longestTimeout);
      left -= step;
      cancel = hostTimer(once(left > 0 ? arm : fire), step, options?.background === true);
    };
    arm();
    return () => {
      call.isDone = true;
      cancel();
    };
  },
});

/** A task that is done once, however often it is called; or never, where it is said to be done. */
export interface Once {
  (): void;
  isDone: boolean;
}

export function once(task: () => void): Once {
  const own: Once = Object.assign(
    () => {
      if (own.isDone) return;
      own.isDone = true;
      task();
    },
    { isDone: false },
  );
  return own;
}

/** What `setTimeout` was when this module was loaded, if it was none of a test's. */
const hostTimeout: unknown = isFake(globalThis.setTimeout) ? undefined : globalThis.setTimeout;
/** How often is looked, at most, whether what stands in its place was taken away, ms. */
const shortestLook = 50;

/** One timer of the host, as it is now. The answer clears it by what belongs to it, whatever stands in its place by then. */
function hostTimer(come: Once, ms: number, isBackground: boolean): () => void {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  let isSet = false;
  const timer = attempt(() => set(() => void (isSet && come()), ms));
  isSet = true;
  // Node's timers can be unreferenced; a browser's are numbers and never keep anything alive; a stub's may be anything.
  if (isBackground) attempt(() => (timer as { unref?: () => unknown } | undefined)?.unref?.());
  const look = (): void => {
    if (come.isDone) return;
    if (globalThis.setTimeout !== set) return come();
    // The host's own timer, which nobody fakes. It keeps no process alive.
    attempt(() => AbortSignal.timeout(Math.ceil(Math.max(shortestLook, ms))).addEventListener('abort', look));
  };
  if (set !== hostTimeout) look();
  return () => {
    come.isDone = true;
    attempt(() => clear(timer as never));
  };
}

/** What `Date` was when this module was loaded. */
const HostDate = Date;

function hostNow(): number {
  try {
    const now: unknown = Date.now();
    if (Number.isFinite(now)) return now as number;
    unwanted(now);
  } catch {
    // It was replaced.
  }
  return +new HostDate();
}

function attempt(use: () => unknown): unknown {
  try {
    const answer = use();
    unwanted(answer);
    return answer;
  } catch {
    // The host's timers were replaced.
    return undefined;
  }
}

/**
 * The store's time as this process knows it: its own clock, put right by the last answer that carried the store's.
 *
 * Where the store gives a clock, a worker whose own is minutes off decides like all others; where it gives none, this
 * is the worker's clock, and its error remains.
 */
export class StoreTime {
  readonly #clock: Clock;
  /** How far the store's clock is ahead of the process's, ms; negative: behind. */
  readonly offset: number = 0;
  /** When the clock was last read, ms by the process's clock: who acts in the same turn need not read it again. */
  readonly readAt: number = 0;
  /** Whether it is the store's: an answer has carried its clock. */
  readonly isStores: boolean = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** ms since the epoch. */
  now(): number {
    const readAt = this.#clock.now();
    (this as Writable<StoreTime>).readAt = readAt;
    return readAt + this.offset;
  }

  /** Takes in what an answer says, and answers the time to decide on it by. */
  observe(storeNow: number | undefined): number {
    if (storeNow === undefined || !Number.isFinite(storeNow)) return this.now();
    const own = this as Writable<StoreTime>;
    own.isStores = true;
    own.readAt = this.#clock.now();
    own.offset = storeNow - own.readAt;
    return storeNow;
  }
}

/**
 * Resolves in a later turn of the event loop, once every promise that can go on by itself has done so.
 *
 * It goes by what the host offered when this module was loaded. A test's fake timers, installed later, can't hold it up;
 * where they were there before, it goes by messages, which none of them fakes.
 */
export function nextTurn(): Promise<void> {
  return new Promise(takeTurn);
}

type TakeTurn = (resolve: () => void) => void;

const takeTurn: TakeTurn = chooseTurn(globalThis.setImmediate, globalThis.setTimeout);

function chooseTurn(immediate: typeof setImmediate | undefined, timeout: typeof setTimeout): TakeTurn {
  if (typeof immediate === 'function' && !isFake(immediate)) return (resolve) => void immediate(resolve);
  if (typeof MessageChannel === 'function') return byMessage;
  return (resolve) => void timeout(resolve, 0);
}

/** Sinon's, and so Jest's and Vitest's, bear their clock; Jest's legacy ones are mock functions; Node's are bound. */
function isFake(timer: unknown): boolean {
  const own = timer as { readonly name: string };
  return attempt(() => 'clock' in own || '_isMockFunction' in own || own.name.startsWith('bound ')) === true;
}

function byMessage(resolve: () => void): void {
  const { port1, port2 } = new MessageChannel();
  Object.assign(port1, {
    onmessage: (): void => {
      // An open port keeps a process alive.
      port1.close();
      resolve();
    },
  });
  port2.postMessage(null);
}
