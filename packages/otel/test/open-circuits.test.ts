import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { CircuitBreakerFactory, circuitName, MemoryBackend, StorageError, type ListOptions } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { instrument } from '../src/index.js';
import { telemetry, type Telemetry } from './support/telemetry.js';

/** A store that lists as it is told, and answers as ever otherwise. */
class Listed extends MemoryBackend {
  isDown = false;
  hangs = false;
  knowsTroubled = true;
  readonly asked: ListOptions[] = [];

  override async *list(options: ListOptions = {}): ReturnType<MemoryBackend['list']> {
    this.asked.push(options);
    if (this.isDown) throw new StorageError('connect ECONNREFUSED', { scope: 'store' });
    if (this.hangs)
      await new Promise((_, reject) => options.signal?.addEventListener('abort', () => reject(options.signal?.reason)));
    const { only, ...rest } = options;
    yield* super.list(this.knowsTroubled && only !== undefined ? options : rest);
  }
}

let told: Telemetry;
let clock: VirtualClock;
let backend: Listed;
let factory: CircuitBreakerFactory<{ tenant: string }>;
let stop = (): void => {};

const factoryOfBackend = (): typeof factory =>
  new CircuitBreakerFactory<{ tenant: string }>({
    backend,
    clock,
    nameFor: (circuit, { tenant }) => circuitName(circuit, tenant),
    failureCountThreshold: 1,
    allowAfter: '1m',
  });

beforeEach(() => {
  told = telemetry();
  clock = new VirtualClock(1_800_000_000_000);
  backend = new Listed({ clock });
  factory = factoryOfBackend();
});
afterEach(async () => {
  stop();
  await factory.close();
  await told.shutdown();
});

const trip = (circuit: string, tenant: string) =>
  factory.breakerFor(circuit, { tenant }).settle(() => Promise.reject(new Error('no')));

const begin = async (more: Partial<Parameters<typeof instrument>[1]> & { limit?: number } = {}): Promise<void> => {
  const { limit, ...options } = more;
  const openCircuits = { backend, clock, ...(limit !== undefined && { limit }) };
  stop = instrument(factory, { meterProvider: told.meterProvider, openCircuits, ...options });
  await clock.advance(0);
};

const openNow = async () =>
  Object.fromEntries(
    (await told.points('circuitry.circuit.open'))
      .filter(({ value }) => value !== 0)
      .map(({ attributes: { circuit, state }, value }) => [`${String(circuit)} ${String(state)}`, value]),
  );

test('open, half-open and forced circuits are counted by kind', async () => {
  await trip('send-mail', 'acme');
  await trip('send-mail', 'globex');
  await trip('pay', 'acme');
  await factory.breakerFor('pay', { tenant: 'calm' }).execute(() => 'paid');
  await factory.breakerFor('pay', { tenant: 'vip' }).forceClosed({ by: 'ada' });
  await begin({ kinds: ['send-mail', 'pay'] });
  expect(await openNow()).toEqual({ 'send-mail open': 2, 'pay open': 1, 'pay forced-closed': 1 });
  await clock.advance('1m');
  expect(await openNow()).toEqual({ 'send-mail half-open': 2, 'pay half-open': 1, 'pay forced-closed': 1 });
  expect(await told.text()).toContain('circuitry_circuit_open{circuit="send-mail",state="open"');
});

test('a half-open circuit whose trial was told to wait counts as open, before a call has opened it', async () => {
  await trip('pay', 'acme');
  await clock.advance('1m');
  await (await factory.breakerFor('pay', { tenant: 'acme' }).start()).ignore();
  const { record } = await backend.retrieve('pay/acme');
  const revision = record?.revision as number;
  // As a worker leaves it that dies before it opens the circuit.
  const set = { 'told.until': clock.now() + 30_000 };
  expect(await backend.apply('pay/acme', revision, { set }, { ttl: 3_600_000 })).toMatchObject({ applied: true });
  await begin({ kinds: ['pay'] });
  expect(await openNow()).toEqual({ 'pay open': 1 });
  await clock.advance('30s');
  expect(await openNow()).toEqual({ 'pay half-open': 1 });
});

test('a kind whose circuits have all closed is told with 0, not left out', async () => {
  await trip('send-mail', 'acme');
  await begin({ kinds: ['send-mail'] });
  await factory.breakerFor('send-mail', { tenant: 'acme' }).reset();
  await clock.advance('15s');
  const points = await told.points('circuitry.circuit.open');
  expect(points.find(({ attributes }) => attributes['state'] === 'open')?.value).toBe(0);
});

test('kinds that this process neither calls nor was given are one: a name’s first part may be a tenant', async () => {
  await trip('acme', 'send-mail');
  await trip('globex', 'send-mail');
  await begin();
  expect(await openNow()).toEqual({ 'other open': 2 });
  await trip('initech', 'send-mail');
  await clock.advance('15s');
  expect(await openNow()).toEqual({ 'other open': 2, 'initech open': 1 });
});

test('a circuit that is named by its origin is a kind by its whole name', async () => {
  const clients = new CircuitBreakerFactory({ backend, clock, failureCountThreshold: 1, allowAfter: '1m' });
  const origin = 'https://api.example.com';
  stop = instrument(clients, { meterProvider: told.meterProvider, openCircuits: { backend, clock } });
  await clients.breakerFor(origin).settle(() => Promise.reject(new Error('no')));
  await trip('https:', 'some tenant');
  await clock.advance('15s');
  expect(await openNow()).toEqual({ [`${origin} open`]: 1, 'other open': 1 });
  await clients.close();
});

test('a store that does not push is counted as well: nothing here waits for a push', async () => {
  class Silent extends Listed {
    override readonly watch = undefined as never;
  }
  await factory.close();
  backend = new Silent({ clock });
  factory = factoryOfBackend();
  await begin({ kinds: ['send-mail'] });
  await trip('send-mail', 'acme');
  await clock.advance('15s');
  expect(await openNow()).toEqual({ 'send-mail open': 1 });
});

test('20,000 open circuits are a handful of series', async () => {
  for (let tenant = 0; tenant < 20_000; tenant += 1) await trip('send-mail', `tenant-${tenant}`);
  await begin({ kinds: ['send-mail'], limit: 100_000 });
  expect(await openNow()).toEqual({ 'send-mail open': 20_000 });
  expect(await told.text()).not.toContain('tenant');
});

test('more than the limit are not counted, and that is told', async () => {
  for (let tenant = 0; tenant < 6; tenant += 1) await trip('send-mail', `tenant-${tenant}`);
  await begin({ kinds: ['send-mail'], limit: 5 });
  expect(await openNow()).toEqual({ 'send-mail open': 5 });
  expect((await told.points('circuitry.listing.complete'))[0]?.value).toBe(0);
});

test('a failing listing is told, and its last count is no number once it is too old', async () => {
  await trip('send-mail', 'acme');
  await begin({ kinds: ['send-mail'] });
  backend.isDown = true;
  await clock.advance('30s');
  expect(await openNow()).toEqual({ 'send-mail open': 1 });
  expect((await told.points('circuitry.listing.age'))[0]?.value).toBe(30);
  expect(await told.points('circuitry.listing.failures')).toEqual([{ attributes: { code: 'ERR_STORAGE' }, value: 2 }]);
  await clock.advance('30s');
  const old = await told.points('circuitry.circuit.open');
  expect(old.map(({ value }) => value)).toEqual([NaN, NaN, NaN, NaN]);
  expect((await told.points('circuitry.listing.age'))[0]?.value).toBe(60);
  backend.isDown = false;
  await clock.advance('15s');
  expect(await openNow()).toEqual({ 'send-mail half-open': 1 });
  expect((await told.points('circuitry.listing.age'))[0]?.value).toBe(0);
});

test('a listing that hangs is given up when the next is due, and counts as failed', async () => {
  backend.hangs = true;
  await begin();
  backend.hangs = false;
  await clock.advance('15s');
  expect((await told.points('circuitry.listing.failures'))[0]?.value).toBe(1);
  expect((await told.points('circuitry.listing.complete'))[0]?.value).toBe(1);
});

test('a store that does not know which circuits are troubled is listed whole', async () => {
  backend.knowsTroubled = false;
  await trip('send-mail', 'acme');
  await factory.breakerFor('send-mail', { tenant: 'calm' }).execute(() => 'sent');
  await begin({ kinds: ['send-mail'] });
  expect(await openNow()).toEqual({ 'send-mail open': 1 });
  expect(backend.asked[0]).toMatchObject({ only: 'troubled' });
});

test('an allowed name has a state of its own: 1 for what it is in, 0 for the others', async () => {
  await trip('send-mail', 'acme');
  await begin({ names: ['send-mail/acme', 'send-mail/globex'] });
  const states = async () =>
    (await told.points('circuitry.circuit.state'))
      .filter(({ value }) => value === 1)
      .map(({ attributes }) => attributes);
  expect(await states()).toEqual([
    { name: 'send-mail/acme', state: 'open' },
    { name: 'send-mail/globex', state: 'closed' },
  ]);
  expect(await told.points('circuitry.circuit.state')).toHaveLength(10);
});

test('a kindOf that throws takes no circuit out of the count, and is told', async () => {
  await trip('send-mail', 'acme');
  await trip('pay', 'acme');
  const kindOf = (name: string): string => {
    if (name.startsWith('pay')) throw new Error('a bug');
    return 'send-mail';
  };
  await begin({ kinds: ['send-mail', 'pay'], openCircuits: { backend, clock, kindOf } });
  expect(await openNow()).toEqual({ 'send-mail open': 1, 'other open': 1 });
  expect(await told.points('circuitry.faults')).toEqual([{ attributes: { setting: 'kindOf' }, value: 1 }]);
});

test('a view of the SDK that throws ends neither the process nor the counting', async () => {
  // What it calls to process attributes is none.
  const attributesProcessors = [{} as never];
  const views = [{ instrumentName: 'circuitry.listing.failures', attributesProcessors }];
  const meterProvider = new MeterProvider({ views });
  backend.isDown = true;
  await begin({ meterProvider });
  await clock.advance('15s');
  expect(backend.asked).toHaveLength(2);
  stop();
  await meterProvider.shutdown();
});

test('a clock that steps back while it lists puts off no next listing', async () => {
  let behind = 0;
  const stepping = { now: () => clock.now() - behind, after: clock.after.bind(clock) };
  const list = backend.list.bind(backend);
  backend.list = (options) => {
    behind = 3_600_000;
    return list(options);
  };
  await begin({ openCircuits: { backend, clock: stepping } });
  await clock.advance('15s');
  expect(backend.asked).toHaveLength(2);
});

test('stopped, it asks no more', async () => {
  await begin();
  const before = backend.asked.length;
  stop();
  await clock.advance('10m');
  expect(backend.asked).toHaveLength(before);
});
