import { afterEach, describe, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend, type FactoryOptions } from '@circuitry/core';

const { now: realNow } = Date;
const real = globalThis.setTimeout;
afterEach(() => {
  Date.now = realNow;
  globalThis.setTimeout = real;
});

/** The host's time, by hand: timers that are due come one after the other, but never while it stands still. */
class Host {
  #now = 1_767_225_600_000;
  readonly #timers = new Map<object, { readonly due: number; readonly callback: () => void }>();

  constructor() {
    Date.now = () => this.#now;
    globalThis.setTimeout = ((callback: () => void, ms: number) => {
      const timer = {};
      this.#timers.set(timer, { due: this.#now + ms, callback });
      return timer;
    }) as never;
    this.clear = globalThis.clearTimeout;
    globalThis.clearTimeout = ((timer: object) => void this.#timers.delete(timer)) as never;
  }

  readonly clear: typeof clearTimeout;

  /** Time goes on as it should, in steps of 1 ms. */
  async run(ms: number): Promise<void> {
    for (const end = this.#now + ms; this.#now < end;) {
      this.#now += 1;
      await this.comeTimers();
    }
  }

  /** The event loop is blocked: time goes on, and no timer comes. */
  block(ms: number): void {
    this.#now += ms;
  }

  async comeTimers(): Promise<void> {
    for (const [timer, { due, callback }] of [...this.#timers]) {
      if (due > this.#now || !this.#timers.delete(timer)) continue;
      callback();
      for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
    }
  }
}

/** Work that is answered after a while, and hears of it when its socket is read: after the stall, behind the timers. */
async function call(
  options: Partial<FactoryOptions>,
  before: number,
  stall: number,
  socketsFirst: boolean,
): Promise<string> {
  const host = new Host();
  try {
    const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), ...options });
    const breaker = factory.breakerFor('c');
    let answer = (_value: string): void => {};
    const settling = breaker.settle(() => new Promise<string>((resolve) => (answer = resolve)));
    await host.run(before);
    host.block(stall);
    if (!socketsFirst) await host.comeTimers();
    answer('value');
    const { status } = await settling;
    const { totalSlow } = await breaker.information();
    return `${status}${totalSlow > 0 ? ', slow' : ''}`;
  } finally {
    globalThis.clearTimeout = host.clear;
  }
}

describe('A stall of the event loop, also a short one beside the setting', () => {
  const stalls: [number, number, number][] = [
    [2_000, 1_510, 520],
    [2_000, 1_900, 300],
    [1_000, 880, 180],
    [1_000, 940, 80],
    [200, 120, 95],
  ];
  test.each(stalls)(
    'slowCallAfter %i ms, blocked after %i for %i: no slow call',
    async (slowCallAfter, before, stall) => {
      for (const socketsFirst of [false, true])
        expect(await call({ slowCallAfter }, before, stall, socketsFirst)).toBe('fulfilled');
    },
  );

  test.each(stalls)('workTimeout %i ms, blocked after %i for %i: no time-out', async (workTimeout, before, stall) => {
    expect(await call({ workTimeout }, before, stall, false)).toBe('fulfilled');
  });

  test('a call that is slow by itself is slow all the same', async () => {
    expect(await call({ slowCallAfter: 200 }, 330, 95, false)).toBe('fulfilled, slow');
  });
});
