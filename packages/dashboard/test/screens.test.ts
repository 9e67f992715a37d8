import { MemoryBackend, StorageError, type ListOptions, type NamedRecord } from '@circuitry/core';
import { expect, test } from '@jest/globals';
import type { Overview, Page } from '../src/protocol/answers.js';
import type { CircuitDetail } from '../src/protocol/circuit.js';
import { forced, incident, open, put, record } from './support/records.js';
import { testPanel } from './support/panel.js';

test('the overview tells how many are in trouble, of which kind, and for which reasons', async () => {
  const { backend, clock, json } = testPanel();
  await incident(backend, clock.now());
  const overview = await json<Overview>('/api/overview');
  expect(overview.counts).toEqual({ open: 12, halfOpen: 1, forcedOpen: 1, forcedClosed: 1 });
  expect(overview.kinds).toEqual([
    { kind: 'send-mail', open: 7, halfOpen: 0, forcedOpen: 0, forcedClosed: 1 },
    { kind: 'charge-card', open: 3, halfOpen: 0, forcedOpen: 1, forcedClosed: 0 },
    { kind: 'sync-crm', open: 2, halfOpen: 0, forcedOpen: 0, forcedClosed: 0 },
    { kind: 'render-invoice', open: 0, halfOpen: 1, forcedOpen: 0, forcedClosed: 0 },
  ]);
  expect(overview.reasons.map(({ lastFailure, circuits, kind }) => [lastFailure, circuits, kind])).toEqual([
    ['HTTPError 503', 7, 'send-mail'],
    ['TimeoutError ETIMEDOUT', 3, 'charge-card'],
    ['AxiosError ECONNREFUSED', 2, 'sync-crm'],
    ['HTTPError 500', 1, 'render-invoice'],
  ]);
  expect(overview.lately[0]).toMatchObject({ name: 'render-invoice/wonka', lastFailure: 'HTTPError 500' });
  expect(overview.lastHour).toEqual([0, 0, 0, 3, 0, 0, 0, 1, 0, 2, 5, 3]);
  expect(overview.health).toMatchObject({
    answers: true,
    error: null,
    push: 'pushed',
    isIndexed: true,
    isComplete: true,
    clockAhead: 0,
  });
});

test('an override that lapsed is not counted, though its record still has it', async () => {
  const { backend, clock, json } = testPanel();
  await put(backend, 'a', forced(clock.now(), { state: 'open', reason: null, by: null, until: clock.now() + 1_000 }));
  await json('/api/overview');
  await clock.advance('1s');
  expect((await json<Overview>('/api/overview')).counts.forcedOpen).toBe(0);
});

test('a list of what is in trouble comes page by page, newest first, without an overlap', async () => {
  const { backend, clock, json } = testPanel();
  for (let index = 0; index < 120; index += 1)
    await put(backend, `mail/${index}`, open(clock.now() - (index % 7), 60_000, null));
  await put(backend, 'mail/fine', record());
  const names: string[] = [];
  let after: string | null = '';
  while (after !== null) {
    const page: Page = await json<Page>(`/api/list?after=${after}`);
    expect(page.total).toBe(120);
    names.push(...page.circuits.map(({ name }) => name));
    after = page.next;
  }
  expect(new Set(names).size).toBe(120);
  expect(names).toHaveLength(120);
  const [first] = (await json<Page>('/api/list')).circuits;
  expect(first?.since).toBe(clock.now());
});

test('a list of all goes on where the page before ended', async () => {
  const { backend, json } = testPanel();
  for (let index = 0; index < 120; index += 1) await put(backend, `mail/${index}`, record());
  const names = new Set<string>();
  let after: string | null = '';
  let pages = 0;
  while (after !== null) {
    const page: Page = await json<Page>(`/api/list?filter=all&after=${after}`);
    for (const { name } of page.circuits) names.add(name);
    after = page.next;
    pages += 1;
  }
  expect([names.size, pages]).toEqual([120, 3]);
});

test('filters keep to their state, and a search to the beginning of names', async () => {
  const { backend, clock, json } = testPanel();
  await incident(backend, clock.now());
  const names = async (query: string) =>
    (await json<Page>(`/api/list?${query}`)).circuits.map(({ name }) => name).sort();
  expect(await names('filter=half-open')).toEqual(['render-invoice/wonka']);
  expect(await names('filter=forced')).toEqual(['charge-card/stark', 'send-mail/wayne']);
  expect(await names('filter=open&search=sync')).toEqual(['sync-crm/fabrikam', 'sync-crm/tailspin']);
  expect(await names('kind=charge-card&filter=open')).toHaveLength(3);
  expect(await names('filter=all&search=index-search/tenant-0007')).toEqual(['index-search/tenant-0007']);
  expect(await names('filter=all&search=no-such')).toEqual([]);
});

test('a search for one rare name in a store that takes its time answers what it has, and goes on when asked again', async () => {
  const release: (() => void)[] = [];
  class Slow extends MemoryBackend {
    override async *list(options: ListOptions = {}): AsyncGenerator<NamedRecord> {
      if (options.only === undefined) await new Promise<void>((resolve) => release.push(resolve));
      yield* super.list(options);
    }
  }
  const backend = new Slow();
  await put(backend, 'rare', record());
  const { json, clock } = testPanel({ backend });
  const first = json<Page>('/api/list?filter=all');
  await clock.advance('200ms');
  const page = await first;
  expect([page.circuits, page.isFull]).toEqual([[], false]);
  release.forEach((each) => each());
  const next = await json<Page>(`/api/list?filter=all&after=${page.next ?? ''}`);
  expect([next.circuits.map(({ name }) => name), next.isFull, next.next]).toEqual([['rare'], true, null]);
});

test('a listing that is gone is told as such, and not as an end', async () => {
  const { ask } = testPanel();
  const answer = await ask('/api/list?filter=all&after=gone');
  expect([answer.status, await answer.json()]).toMatchObject([410, { code: 'ERR_LISTING_OVER' }]);
});

test('a backend that has no index of troubled circuits is noticed, and told', async () => {
  class Old extends MemoryBackend {
    override list({ only: _only, ...options }: ListOptions = {}): AsyncGenerator<NamedRecord> {
      return super.list(options);
    }
  }
  const backend = new Old();
  for (let index = 0; index < 20; index += 1) await put(backend, `fine/${index}`, record());
  const { json, clock } = testPanel({ backend });
  await put(backend, 'mail/acme', open(clock.now(), 60_000, 'HTTPError 503'));
  const { counts, health } = await json<Overview>('/api/overview');
  expect(counts.open).toBe(1);
  expect(health).toMatchObject({ isIndexed: false, isComplete: true, looked: 21 });
});

test('one circuit is shown whole: counts, windows, what was seen of it', async () => {
  const { backend, clock, json } = testPanel();
  await incident(backend, clock.now());
  await json('/api/overview');
  await put(backend, 'send-mail/healthy', open(clock.now(), 60_000, 'HTTPError 503'));
  await clock.advance('1ms');
  const { circuit } = await json<{ circuit: CircuitDetail }>('/api/circuit?name=send-mail%2Fhealthy');
  expect(circuit).toMatchObject({
    state: 'open',
    settings: null,
    lastFailure: 'HTTPError 503',
    totals: { successes: 0 },
  });
  expect(circuit.seen).toMatchObject([{ state: 'open', lastFailure: 'HTTPError 503' }]);
  expect(circuit.watchedSince).not.toBeNull();
});

test('a store that is down is told with what is known from before, and its client’s own error is not', async () => {
  let isDown = false;
  class Failing extends MemoryBackend {
    override list(options?: ListOptions): AsyncGenerator<NamedRecord> {
      if (isDown) throw new StorageError('Redis can’t be reached.', { cause: new Error('redis://:secret@10.0.0.7') });
      return super.list(options);
    }
    override retrieve(name: string): ReturnType<MemoryBackend['retrieve']> {
      if (isDown) throw new StorageError('Redis can’t be reached.', { cause: new Error('redis://:secret@10.0.0.7') });
      return super.retrieve(name);
    }
  }
  const backend = new Failing();
  const { json, ask, clock } = testPanel({ backend });
  await put(backend, 'mail/acme', open(clock.now(), 3_600_000, null));
  const before = await json<Overview>('/api/overview');
  isDown = true;
  await clock.advance('1m');
  const after = await json<Overview>('/api/overview');
  expect(after.counts).toEqual(before.counts);
  expect(after.health).toMatchObject({ answers: false, error: 'Redis can’t be reached.', asOf: before.health.asOf });
  const answer = await ask('/api/circuit?name=mail%2Facme');
  const text = await answer.text();
  expect(answer.status).toBe(503);
  expect(text + JSON.stringify(after)).not.toContain('secret');
});

test('a fault that is none of the library’s is told to the host, and to no reader', async () => {
  class Broken extends MemoryBackend {
    override retrieve(): never {
      throw new TypeError('password hunter2');
    }
  }
  const { ask, faults } = testPanel({ backend: new Broken() });
  const answer = await ask('/api/circuit?name=a');
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('hunter2');
  expect(faults).toMatchObject([{ message: 'password hunter2' }]);
});

test('wrong options are all told at once', () => {
  expect(() =>
    testPanel({ backend: {} as never, basePath: 'circuits/../x', authorize: true as never, other: 1 } as never),
  ).toThrow(/4 settings are wrong[^]*other[^]*backend[^]*basePath[^]*authorize/);
  expect(() => testPanel({ settings: { allowAfter: 'soon' as never } })).toThrow(/allowAfter/);
});

test('a panel under a base path answers there, with and without a slash at the end, and nowhere else', async () => {
  const { ask } = testPanel({ basePath: '/circuits' });
  for (const path of [
    '/circuits',
    '/circuits/',
    '/circuits/list',
    '/circuits/circuit?name=a',
    '/circuits/api/overview',
  ]) {
    expect([path, (await ask(path)).status]).toEqual([path, 200]);
  }
  for (const path of ['/', '/api/overview', '/circuitsx', '/other/circuits/'])
    expect([path, (await ask(path)).status]).toEqual([path, 404]);
  expect(await (await ask('/')).text()).toContain('<a href="/circuits/">');
});
