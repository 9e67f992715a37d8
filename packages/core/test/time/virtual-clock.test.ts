import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '@circuitry/core/testing';

describe('a virtual clock', () => {
  test('stands still until it is moved', async () => {
    const clock = new VirtualClock(1_000);
    expect(clock.now()).toBe(1_000);
    await clock.advance('1s');
    expect(clock.now()).toBe(2_000);
    expect(new VirtualClock().now()).toBe(Date.UTC(2026, 0, 1));
  });

  test('runs what falls due in the order of its time, then of its making, each at its own time', async () => {
    const clock = new VirtualClock(0);
    const ran: [string, number][] = [];
    const run = (name: string) => () => void ran.push([name, clock.now()]);
    clock.after(20, run('late'));
    clock.after(10, run('first'));
    clock.after(10, run('second'));
    clock.after(-5, run('at once'));
    await clock.advance(20);
    expect(ran).toEqual([
      ['at once', 0],
      ['first', 10],
      ['second', 10],
      ['late', 20],
    ]);
  });

  test.each([
    [9, 0],
    [10, 1],
    [11, 1],
  ])('moved by %i ms runs a timer of 10 ms %i times', async (ms, times) => {
    const clock = new VirtualClock(0);
    let ran = 0;
    clock.after(10, () => (ran += 1));
    await clock.advance(ms);
    expect(ran).toBe(times);
    expect(clock.pending).toBe(1 - times);
  });

  test('runs timers that are set on the way, if they fall due in time', async () => {
    const clock = new VirtualClock(0);
    const ran: number[] = [];
    const again = (): void => {
      ran.push(clock.now());
      clock.after(4, again);
    };
    clock.after(4, again);
    await clock.advance(12);
    expect(ran).toEqual([4, 8, 12]);
    expect(clock.nextDue).toBe(16);
  });

  test('lets promises go on as far as they can before the next timer', async () => {
    const clock = new VirtualClock(0);
    const ran: string[] = [];
    clock.after(1, () => {
      void (async () => {
        for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
        ran.push('what the first set going');
      })();
    });
    clock.after(2, () => void ran.push('second'));
    await clock.advance(2);
    expect(ran).toEqual(['what the first set going', 'second']);
  });

  test('forgets a timer that is cancelled, even by the timer before it', async () => {
    const clock = new VirtualClock(0);
    let ran = false;
    const cancel = clock.after(2, () => (ran = true));
    clock.after(1, cancel);
    expect(clock.pending).toBe(2);
    await clock.advance(5);
    expect(ran).toBe(false);
    expect([clock.pending, clock.nextDue]).toEqual([0, null]);
  });

  test('steps without running anything, back as well; what was passed over runs with the next move', async () => {
    const clock = new VirtualClock(1_000);
    const ran: number[] = [];
    clock.after(10, () => void ran.push(clock.now()));
    clock.step(60);
    expect([clock.now(), ran]).toEqual([1_060, []]);
    await clock.advance(0);
    expect(ran).toEqual([1_060]);
    clock.step(-500);
    expect(clock.now()).toBe(560);
  });

  test('hands its time on by itself', () => {
    const { now } = new VirtualClock(5);
    expect(now()).toBe(5);
  });

  test.each(['soon', -1, NaN])('refuses to move by %j', async (duration) => {
    await expect(new VirtualClock().advance(duration as number)).rejects.toThrow(RangeError);
  });

  test('keeps a step that comes while it is moved', async () => {
    const clock = new VirtualClock(0);
    clock.after(10, () => clock.step(100));
    await clock.advance(30);
    expect(clock.now()).toBe(130);
    clock.after(10, () => clock.step(-100));
    await clock.advance(30);
    expect(clock.now()).toBe(60);
  });
});
