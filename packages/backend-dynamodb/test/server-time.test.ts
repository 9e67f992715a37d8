import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '@circuitry/core/testing';
import { ServerTime } from '../src/requests/server-time.js';

const start = Date.UTC(2026, 5, 1, 12, 0, 0, 400);

/** The Date header that a server sends whose clock reads so. */
function stamp(ms: number): string {
  return new Date(Math.floor(ms / 1_000) * 1_000).toUTCString();
}

/** A worker whose clock is off by `error` ms, and the exchanges that it has with a right server. */
function worker(
  error: number,
  enabled = true,
): { clock: VirtualClock; time: ServerTime; exchange: (took?: number) => void } {
  const clock = new VirtualClock(start + error);
  const time = new ServerTime(clock, enabled);
  const exchange = (took = 20): void => {
    const sentAt = clock.now();
    clock.step(took);
    time.learn(stamp(clock.now() - error), sentAt, clock.now());
  };
  return { clock, time, exchange };
}

describe('ServerTime', () => {
  test('before any response it is the worker’s own clock', () => {
    const { clock, time } = worker(300_000);
    expect(time.now()).toBe(clock.now());
    expect(time.storeNow()).toBeUndefined();
  });

  test.each([0, 3, -40, 400, -390])('a clock that is off by %i ms is left alone, to the ms', (error) => {
    const { clock, time, exchange } = worker(error);
    for (let count = 0; count < 50; count += 1) {
      exchange();
      clock.step(137);
    }
    expect(Math.abs(time.now() - clock.now())).toBeLessThanOrEqual(Math.abs(error));
    if (error === 0) expect(time.storeNow()).toBeUndefined();
  });

  test.each([300_000, -300_000, 3_600_000, -5_000])(
    'a clock that is off by %i ms is right to two seconds after one response, and better after many',
    (error) => {
      const { clock, time, exchange } = worker(error);
      exchange();
      expect(Math.abs(time.now() - (clock.now() - error))).toBeLessThanOrEqual(2_020);
      for (let count = 0; count < 40; count += 1) {
        clock.step(113);
        exchange();
      }
      expect(Math.abs(time.now() - (clock.now() - error))).toBeLessThanOrEqual(1_100);
      expect(time.storeNow()).toBe(time.now());
    },
  );

  test('a clock that is put right is believed again, and the store’s time goes on being told', () => {
    const { clock, time, exchange } = worker(300_000);
    exchange();
    clock.step(-300_000);
    time.learn(stamp(clock.now()), clock.now() - 20, clock.now());
    expect(time.now()).toBe(clock.now());
    expect(time.storeNow()).toBe(clock.now());
  });

  test('a request that a frozen process waited hours for teaches nothing wrong', () => {
    const { clock, time } = worker(0);
    const sentAt = clock.now();
    const date = stamp(sentAt + 30);
    clock.step(7_200_000);
    time.learn(date, sentAt, clock.now());
    expect(time.now()).toBe(clock.now());
  });

  test('a clock that steps back during a request teaches nothing', () => {
    const { clock, time } = worker(0);
    const sentAt = clock.now();
    clock.step(-60_000);
    time.learn(stamp(sentAt), sentAt, clock.now());
    expect(time.storeNow()).toBeUndefined();
  });

  test.each([undefined, '', 'soon'])('a response whose date is %j teaches nothing', (date) => {
    const { clock, time } = worker(300_000);
    time.learn(date, clock.now(), clock.now());
    expect(time.storeNow()).toBeUndefined();
  });

  test('with serverTime off it stays the worker’s own clock', () => {
    const { clock, time, exchange } = worker(300_000, false);
    exchange();
    expect(time.now()).toBe(clock.now());
    expect(time.storeNow()).toBeUndefined();
  });
});
