import { describe, expect, test } from '@jest/globals';
import { fail, Fleet, succeed } from '../breaker/support/fleet.js';

describe('counting: failures', () => {
  test('a healthy circuit has no record at all, and a call costs one read', async () => {
    const fleet = new Fleet({ counting: 'failures' });
    const { breaker, backend } = fleet.join();
    await succeed(breaker, 5);
    expect(backend.verbs).toEqual(Array(5).fill('retrieve'));
    expect(await fleet.record()).toBeNull();
  });

  test('a success is written while the record last seen has consecutive failures, and resets them', async () => {
    const fleet = new Fleet({ counting: 'failures', failureCountThreshold: 3 });
    const { breaker, backend } = fleet.join();
    await fail(breaker, 2);
    backend.forget();
    await succeed(breaker, 3);
    expect(backend.verbs).toEqual(['retrieve', 'apply', 'retrieve', 'retrieve']);
    await fail(breaker, 2);
    expect(await breaker.state()).toBe('closed');
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });

  test('trials are written, or no round would ever end', async () => {
    const fleet = new Fleet({ counting: 'failures', failureCountThreshold: 1, allowAfter: '1s', closeThreshold: 2 });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(1_000);
    await (await breaker.start()).ignore();
    await succeed(breaker, 2);
    expect(await breaker.state()).toBe('closed');
  });
});
