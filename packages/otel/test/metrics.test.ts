import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, circuitName, MemoryBackend, StorageError } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { instrument } from '../src/index.js';
import { seriesIn, telemetry, type Telemetry } from './support/telemetry.js';

interface Context {
  readonly tenant: string;
}

/** A store that can be away. */
class Store extends MemoryBackend {
  isDown = false;
  override async retrieve(...args: Parameters<MemoryBackend['retrieve']>): ReturnType<MemoryBackend['retrieve']> {
    if (this.isDown) throw new StorageError('connect ECONNREFUSED', { scope: 'store' });
    return super.retrieve(...args);
  }
}

let told: Telemetry;
let clock: VirtualClock;
let backend: MemoryBackend;
let factory: CircuitBreakerFactory<Context>;
const stops: (() => void)[] = [];

beforeEach(() => {
  told = telemetry();
  clock = new VirtualClock(1_800_000_000_000);
  backend = new MemoryBackend({ clock });
  factory = factoryOn(backend);
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await factory.close();
  await told.shutdown();
});

function factoryOn(store: MemoryBackend): CircuitBreakerFactory<Context> {
  return new CircuitBreakerFactory<Context>({
    backend: store,
    clock,
    nameFor: (circuit, { tenant }) => circuitName(circuit, tenant),
    failureCountThreshold: 2,
    allowAfter: '30s',
    slowCallAfter: '1s',
  });
}

const fails = (tenant: string, circuit = 'send-mail') =>
  factory.breakerFor(circuit, { tenant }).settle(() => Promise.reject(new Error('no')));

test('calls, refusals and transitions are counted by kind, in seconds and by UCUM units', async () => {
  stops.push(instrument(factory, { meterProvider: told.meterProvider }));
  const breaker = factory.breakerFor('send-mail', { tenant: 'acme' });
  await breaker.settle(() => clock.advance('2s'));
  await fails('acme');
  await fails('acme');
  await breaker.settle(() => 'refused');
  await clock.advance('30s');
  await breaker.settle(() => 'sent');

  const calls = await told.points('circuitry.call.duration');
  expect(calls.map(({ attributes }) => attributes)).toEqual([
    { circuit: 'send-mail', outcome: 'success', slow: true, decided_by: 'store' },
    { circuit: 'send-mail', outcome: 'failure', slow: false, decided_by: 'store' },
    { circuit: 'send-mail', outcome: 'success', slow: false, decided_by: 'store' },
  ]);
  expect(calls[0]?.value).toMatchObject({ count: 1, sum: 2 });
  expect(await told.points('circuitry.call.refused')).toEqual([
    { attributes: { circuit: 'send-mail', code: 'ERR_CIRCUIT_OPEN', enforced: true }, value: 1 },
  ]);
  expect((await told.points('circuitry.circuit.transitions')).map(({ attributes }) => attributes)).toEqual([
    { circuit: 'send-mail', from: 'closed', to: 'open', reason: 'tripped' },
    { circuit: 'send-mail', from: 'open', to: 'half-open', reason: 'trial-round' },
    { circuit: 'send-mail', from: 'half-open', to: 'closed', reason: 'trials-succeeded' },
  ]);
  const units = Object.fromEntries((await told.metrics()).map(({ descriptor }) => [descriptor.name, descriptor.unit]));
  expect(units).toMatchObject({
    'circuitry.call.duration': 's',
    'circuitry.call.refused': '{call}',
    'circuitry.circuit.transitions': '{transition}',
    'circuitry.store.available': '{store}',
  });
  expect(Object.keys(units).filter((name) => name.includes('total') || !name.startsWith('circuitry.'))).toEqual([]);
});

test('a late outcome, a fault of the user’s code and a failing store are counted', async () => {
  const store = new Store({ clock });
  await factory.close();
  factory = factoryOn(store);
  stops.push(instrument(factory, { meterProvider: told.meterProvider }));
  const permit = await factory.breakerFor('pay', { tenant: 'acme' }).start();
  await fails('acme', 'pay');
  await fails('acme', 'pay');
  await permit.succeed();
  expect(await told.points('circuitry.outcome.late')).toEqual([
    { attributes: { circuit: 'pay', outcome: 'success' }, value: 1 },
  ]);

  factory.on('settled', () => {
    throw new Error('a bug');
  });
  await factory.breakerFor('pay', { tenant: 'globex' }).settle(() => 'paid');
  expect(await told.points('circuitry.faults')).toEqual([{ attributes: { setting: 'listener' }, value: 1 }]);

  expect((await told.points('circuitry.store.available'))[0]?.value).toBe(1);
  store.isDown = true;
  await factory.breakerFor('pay', { tenant: 'initech' }).settle(() => 'paid');
  expect((await told.points('circuitry.store.available'))[0]?.value).toBe(0);
  expect(await told.points('circuitry.store.failures')).toEqual([
    { attributes: { scope: 'store', code: 'ERR_STORAGE' }, value: 1 },
  ]);
  store.isDown = false;
  await clock.advance('5s');
  await factory.breakerFor('pay', { tenant: 'initech' }).settle(() => 'paid');
  expect((await told.points('circuitry.store.available'))[0]?.value).toBe(1);
});

test('of several factories’ stores in one process none hides that another is down', async () => {
  const store = new Store({ clock });
  const shaky = factoryOn(store);
  const stopShaky = instrument(shaky, { meterProvider: told.meterProvider });
  stops.push(instrument(factory, { meterProvider: told.meterProvider }));
  const available = async () => (await told.points('circuitry.store.available')).map(({ value }) => value);
  expect(await available()).toEqual([1]);
  store.isDown = true;
  await shaky.breakerFor('pay', { tenant: 'acme' }).settle(() => 'paid');
  expect(await available()).toEqual([0]);
  stopShaky();
  expect(await available()).toEqual([1]);
  await shaky.close();
});

/** Every point that the in-memory reader has, of every metric. */
async function allPoints() {
  return (await told.metrics()).flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => ({ attributes })));
}

test('100,000 tenants make not one series more than one, and none is named', async () => {
  stops.push(instrument(factory, { meterProvider: told.meterProvider }));
  await fails('tenant-0');
  await fails('tenant-0');
  await fails('tenant-0');
  const one = await told.text();
  const pointsOfOne = await allPoints();
  for (let tenant = 1; tenant < 100_000; tenant += 1) await fails(`tenant-${tenant}`);
  const all = await told.text();
  expect(seriesIn(all)).toBe(seriesIn(one));
  expect(all).not.toContain('tenant');
  const points = await allPoints();
  expect(points).toHaveLength(pointsOfOne.length);
  expect(JSON.stringify(points.map(({ attributes }) => attributes))).not.toContain('tenant');
  expect(all).toMatch(/circuitry_call_duration_count\{[^}]*outcome="failure"[^}]*\} 100001/);
});

test('circuits called after tenants share one series beyond the first hundred', async () => {
  stops.push(instrument(factory, { meterProvider: told.meterProvider }));
  for (let tenant = 0; tenant < 300; tenant += 1) await fails('x', `mail-of-${tenant}`);
  const kinds = (await told.points('circuitry.call.duration')).map(({ attributes }) => attributes['circuit']);
  expect(kinds).toHaveLength(101);
  expect(kinds).toContain('other');
});

test('allowed names have series of their own, and at most 50 are taken', async () => {
  stops.push(instrument(factory, { meterProvider: told.meterProvider, names: ['send-mail/acme'] }));
  await fails('acme');
  await fails('globex');
  expect(
    (await told.points('circuitry.call.duration')).map(({ attributes: { circuit, name } }) => ({ circuit, name })),
  ).toEqual([
    { circuit: 'send-mail', name: 'send-mail/acme' },
    { circuit: 'send-mail', name: undefined },
  ]);
  const names = Array.from({ length: 51 }, (_, index) => `send-mail/${index}`);
  expect(() => instrument(factory, { names })).toThrow(/names.*at most 50 strings/s);
});

test('wrong options are told all at once', () => {
  expect(() => instrument(undefined as never)).toThrow(
    /factory: expected an object with on, breakerFor, got undefined/,
  );
  const options = { names: 'acme', tracing: 1, meterProvider: {}, openCircuit: {} };
  expect(() => instrument(factory, options as never)).toThrow(/4 settings are wrong.*openCircuit:.*names:/s);
  expect(() => instrument(factory, { openCircuits: { backend, every: '10ms' } })).toThrow(/every/);
});

test('stopped, it counts no more, and gauges that nobody has read are gone', async () => {
  const stop = instrument(factory, { meterProvider: told.meterProvider, openCircuits: { backend, clock } });
  await fails('acme');
  stop();
  await fails('acme');
  expect((await told.points('circuitry.call.duration')).map(({ value }) => value)).toMatchObject([{ count: 1 }]);
  expect(await told.points('circuitry.store.available')).toEqual([]);
  expect(await told.points('circuitry.listing.age')).toEqual([]);
});

test('stopped after it was read, it leaves no gauge that looks as if it were kept up', async () => {
  const again = () => instrument(factory, { meterProvider: told.meterProvider, openCircuits: { backend, clock } });
  const stop = again();
  await fails('acme');
  await fails('acme');
  await clock.advance('15s');
  expect(await told.text()).toMatch(/circuitry_circuit_open{circuit="send-mail",state="open".*} 1/);
  stop();
  // The SDK goes on telling what it was last told, and each reader is told by itself.
  for (const text of [await told.text(), await told.text()]) {
    expect(text).toMatch(/circuitry_circuit_open{circuit="send-mail",state="open".*} NaN/);
    expect(text).toMatch(/circuitry_listing_complete{.*} NaN/);
    expect(text).toMatch(/circuitry_store_available{.*} NaN/);
    // The alert on counting that has stopped asks for the smallest age.
    expect(text).toMatch(/circuitry_listing_age{.*} \+Inf/);
  }
  expect((await told.points('circuitry.store.available')).map(({ value }) => value)).toEqual([NaN]);
  expect((await told.points('circuitry.listing.age')).map(({ value }) => value)).toEqual([Infinity]);
  stops.push(again());
  await clock.advance(0);
  expect((await told.points('circuitry.store.available')).map(({ value }) => value)).toEqual([1]);
  expect((await told.points('circuitry.listing.age')).map(({ value }) => value)).toEqual([0]);
});

test('without a provider the global one is taken, which does nothing where none is set', async () => {
  stops.push(instrument(factory));
  await expect(factory.breakerFor('send-mail', { tenant: 'acme' }).execute(() => 'sent')).resolves.toBe('sent');
});
