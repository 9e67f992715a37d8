import { CircuitBreakerFactory, MemoryBackend, failureRate, anyOf } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { expect, test } from '@jest/globals';
import { viewOf } from '../src/records/view.js';
import { windowsOf } from '../src/records/windows.js';
import { forced, halfOpen, open, record } from './support/records.js';

const now = 1_800_000_000_000;
const view = (stored: Parameters<typeof viewOf>[2], at = now) => viewOf('a/b', 'a', stored, at);

test('a circuit that the store does not know is closed, without counts', () => {
  expect(view(null)).toMatchObject({ state: 'closed', since: 0, until: null, revision: 0, trials: null });
});

test('an open circuit tells when it tries again; from then on it is half-open, due since then', () => {
  const stored = open(now - 1_000, 5_000, 'HTTPError 503', 3);
  expect(view(stored)).toMatchObject({
    state: 'open',
    since: now - 1_000,
    until: now + 4_000,
    isDue: false,
    openings: 3,
    lastFailure: 'HTTPError 503',
  });
  expect(view(stored, now + 4_000)).toMatchObject({ state: 'half-open', since: now + 4_000, until: null, isDue: true });
});

test('a half-open round ends with the latest lease of its trials', () => {
  const counters = { 'trials.started': 3, 'trials.limit': 5, 'trials.succeeded': 1, 'trials.deadline': now + 90_000 };
  expect(view(halfOpen(now, counters, null))).toMatchObject({
    state: 'half-open',
    until: now + 90_000,
    trials: { started: 3, limit: 5, succeeded: 1 },
  });
});

test('an override wins until it lapses, which is inclusive', () => {
  const stored = forced(now - 1, { state: 'open', reason: 'why', by: 'ada', until: now + 10 });
  expect(view(stored)).toMatchObject({ state: 'open', override: { by: 'ada' }, until: now + 10 });
  expect(view(stored, now + 10)).toMatchObject({ state: 'closed', override: null, until: null });
});

test('the next clear of a closed circuit is not told as an end of its state', () => {
  expect(view(record({ expiresAt: now + 5_000 })).until).toBeNull();
});

test('what core answers of a circuit, and what the panel shows of its record, agree in every state', async () => {
  const clock = new VirtualClock();
  const backend = new MemoryBackend({ clock });
  const factory = new CircuitBreakerFactory({
    backend,
    clock,
    failureCountThreshold: 2,
    allowAfter: '30s',
    closeThreshold: 2,
  });
  const breaker = factory.breakerFor('mail');
  const agree = async () => {
    const { record: stored } = await backend.retrieve('mail');
    const shown = viewOf('mail', 'mail', stored, clock.now());
    const { state, override, openings } = await breaker.information();
    expect([shown.state, shown.override, shown.openings]).toEqual([state, override, openings]);
    return shown;
  };
  const fail = () => breaker.settle(() => Promise.reject(new Error('no')));
  await agree();
  await fail();
  expect((await agree()).consecutiveFailures).toBe(1);
  await fail();
  expect((await agree()).state).toBe('open');
  await clock.advance('30s');
  expect(await agree()).toMatchObject({ state: 'half-open', isDue: true });
  await breaker.settle(() => 1);
  expect((await agree()).trials).toMatchObject({ started: 1, limit: 2, succeeded: 1 });
  await breaker.forceOpen({ by: 'ada', for: '1m' });
  await agree();
  await clock.advance('1m');
  expect((await agree()).state).toBe('closed');
  await factory.close();
});

test('a circuit that was told to wait is open until then, also where its worker died before it opened it', async () => {
  const clock = new VirtualClock();
  const backend = new MemoryBackend({ clock });
  const dying = backend.connect();
  const store = dying.store.bind(dying);
  dying.store = (name, revision, next, options) =>
    next.state === 'open' ? new Promise(() => {}) : store(name, revision, next, options);
  const [dead, living] = [dying, backend].map((each) =>
    new CircuitBreakerFactory({ backend: each, clock, storageTimeout: '1h' }).breakerFor('mail'),
  );
  await living?.settle(() => 1);
  void (await dead?.start())?.fail(new Error('HTTP 429'), { openFor: '10m' });
  await clock.advance(1);
  const agree = async (state: string) => {
    const { record: stored } = await backend.retrieve('mail');
    expect(stored?.state).toBe('closed');
    const shown = viewOf('mail', 'mail', stored, clock.now());
    const information = await living?.information();
    expect([shown.state, information?.state]).toEqual([state, state]);
    expect(shown.until).toBe(information?.expiresAfter?.getTime() ?? null);
  };
  await agree('open');
  await clock.advance(599_998);
  await agree('open');
  await clock.advance(1);
  await agree('closed');
});

test('the windows that core counts in are read bucket by bucket, the empty ones too', async () => {
  const clock = new VirtualClock();
  const backend = new MemoryBackend({ clock });
  const trip = anyOf(
    failureRate({ threshold: 1, window: '60s', buckets: 6 }),
    failureRate({ threshold: 1, minimumCalls: 3, window: { calls: 50 } }),
  );
  const factory = new CircuitBreakerFactory({ backend, clock, trip, slowCallAfter: '1s' });
  const breaker = factory.breakerFor('mail');
  await breaker.settle(() => 1);
  await clock.advance('20s');
  await breaker.settle(() => Promise.reject(new Error('no')));
  const slow = breaker.settle(() => new Promise((resolve) => clock.after(2_000, () => resolve(1))));
  await clock.advance('2s');
  await slow;
  const { record: stored } = await backend.retrieve('mail');
  const windows = windowsOf(stored?.counters ?? {}, clock.now());
  const sum = (kind: string) => {
    const cells = windows.find((window) => window.kind === kind)?.cells ?? [];
    const of = (field: 'calls' | 'failures' | 'slow') => cells.reduce((total, cell) => total + cell[field], 0);
    return { cells: cells.length, calls: of('calls'), failures: of('failures'), slow: of('slow') };
  };
  expect(sum('time')).toEqual({ cells: 6, calls: 3, failures: 1, slow: 1 });
  expect(sum('calls')).toMatchObject({ calls: 3, failures: 1, slow: 1 });
  expect(windows.find(({ kind }) => kind === 'time')?.cells.map(({ calls }) => calls)).toEqual([0, 0, 0, 1, 0, 2]);
  expect(windowsOf(stored?.counters ?? {}, clock.now() + 60_000).map(({ kind }) => kind)).toEqual(['calls']);
  await factory.close();
});

test('counters that nobody could have counted draw nothing', () => {
  const counters = {
    'w0x0:1.c': 5,
    'w6000x10:NaN.c': 5,
    'w6000x999:1.c': 5,
    'n99999:1.c': -4,
    'total.successes': 3,
    'w6000x10:1.q': 2,
  };
  expect(windowsOf(counters, now)).toEqual([]);
});
