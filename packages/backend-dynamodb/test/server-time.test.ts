import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '@circuitry/core/testing';
import { responseDate } from '../src/time/response-date.js';
import { ServerTime } from '../src/time/server-time.js';

const start = Date.UTC(2026, 5, 1, 12, 0, 0, 400);

/** What the Date header says that a server sends whose clock reads so. */
function stamp(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
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
    'a clock that is off by %i ms is right to two seconds after two responses, and better after many',
    (error) => {
      const { clock, time, exchange } = worker(error);
      exchange();
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
    exchange();
    clock.step(-300_000);
    for (let count = 0; count < 2; count += 1) time.learn(stamp(clock.now()), clock.now() - 20, clock.now());
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

  test('a step of more than a minute waits for a second answer that says the same, a smaller one does not', () => {
    const { clock, time, exchange } = worker(61_000 + 2_000);
    exchange();
    expect([time.now(), time.isInDoubt, time.isKnown]).toEqual([clock.now(), true, false]);
    exchange();
    expect([time.isInDoubt, time.isKnown]).toEqual([false, true]);
    expect(Math.abs(time.now() - (clock.now() - 63_000))).toBeLessThanOrEqual(2_020);
    const near = worker(59_000);
    near.exchange();
    expect(near.time.isInDoubt).toBe(false);
    expect(Math.abs(near.time.now() - (near.clock.now() - 59_000))).toBeLessThanOrEqual(2_020);
  });

  test('answers that are far off and agree with none beside them never move it', () => {
    const { clock, time, exchange } = worker(0);
    exchange();
    for (const lie of [3_600_000, -3_600_000, 7_200_000, 300_000]) {
      time.learn(stamp(clock.now() + lie), clock.now(), clock.now());
      expect([time.now(), time.isInDoubt]).toEqual([clock.now(), true]);
    }
    exchange();
    expect(time.isInDoubt).toBe(false);
    time.learn(stamp(clock.now() + 300_000), clock.now(), clock.now());
    // The lie before the truth is no second witness.
    expect(time.now()).toBe(clock.now());
    expect(time.storeNow()).toBeUndefined();
  });

  test('with serverTime off it stays the worker’s own clock', () => {
    const { clock, time, exchange } = worker(300_000, false);
    exchange();
    expect(time.now()).toBe(clock.now());
    expect(time.storeNow()).toBeUndefined();
  });
});

describe('the Date of a response', () => {
  test('is read in the form that HTTP asks for', () => {
    expect(responseDate('Mon, 01 Jun 2026 12:00:09 GMT')).toBe(Date.UTC(2026, 5, 1, 12, 0, 9));
  });

  test.each([
    undefined,
    '',
    'soon',
    '0',
    '-1',
    'worker 5',
    'cache-7',
    '2026-06-01T12:00:00Z',
    'Mon Jun  1 12:00:00 2026',
    'Monday, 01-Jun-26 12:00:00 GMT',
    'Mon, 01 Jun 2026 12:00:00 UTC',
    'Mon, 01 Jun 2026 24:00:00 GMT',
    'Mon, 99 Jun 2026 12:00:00 GMT',
    'Sat, 31 Feb 2026 12:00:00 GMT',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'Fri, 31 Dec 9999 23:59:59 GMT',
    'Sat, 13 Sep 275760 00:00:00 GMT',
  ])('is none where it is %j', (date) => {
    expect(responseDate(date)).toBeNull();
  });
});
