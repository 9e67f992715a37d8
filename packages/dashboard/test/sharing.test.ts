import { MemoryBackend, type ListOptions, type NamedRecord, type Reading } from '@circuitry/core';
import { expect, test } from '@jest/globals';
import type { Page } from '../src/protocol/answers.js';
import { open, put, record } from './support/records.js';
import { testPanel } from './support/panel.js';

/** Counts what the panel asks for. */
class Counting extends MemoryBackend {
  reads = 0;
  walks = 0;
  failing = false;

  override async retrieve(...call: Parameters<MemoryBackend['retrieve']>): Promise<Reading> {
    this.reads += 1;
    if (this.failing) throw new Error('the store is away');
    return super.retrieve(...call);
  }

  override list(options: ListOptions = {}): AsyncGenerator<NamedRecord> {
    if (options.only === undefined) this.walks += 1;
    return super.list(options);
  }
}

/** A store that does not push. */
class Silent extends Counting {
  override readonly watch = undefined as never;
}

interface Look {
  readonly circuit: { readonly state: string; readonly revision: number };
}

async function counted(backend = new Counting(), options: Parameters<typeof testPanel>[0] = {}) {
  const panel = testPanel({ backend, ...options });
  for (let index = 0; index < 120; index += 1) await put(backend, `mail/${index}`, record());
  const look = () => panel.json<Look>('/api/circuit?name=mail/7');
  // The panel watches from its first page on.
  await panel.json('/api/list');
  backend.reads = 0;
  return { ...panel, backend, look };
}

test('five who look at one circuit within a second read it once', async () => {
  const { backend, clock, look } = await counted();
  await Promise.all([look(), look(), look()]);
  await clock.advance('900ms');
  await Promise.all([look(), look()]);
  expect(backend.reads).toBe(1);
  await clock.advance('200ms');
  await look();
  expect(backend.reads).toBe(2);
});

test('a transition that was pushed is seen at once, within the second too', async () => {
  const { backend, clock, look } = await counted();
  expect((await look()).circuit.state).toBe('closed');
  await put(backend, 'mail/7', open(clock.now(), 60_000, 'HTTPError 503'));
  await clock.advance('1ms');
  expect((await look()).circuit.state).toBe('open');
});

test('an act reads for itself: a change of which nobody told is not acted over', async () => {
  const { backend, act, look } = await counted(new Silent());
  const { circuit } = await look();
  await put(backend, 'mail/7', record());
  const answer = await act({ name: 'mail/7', verb: 'open', reason: 'maintenance', revision: circuit.revision });
  expect(answer.status).toBe(409);
});

test('who looks after an act sees what it did', async () => {
  const { act, look } = await counted(new Silent());
  const { circuit } = await look();
  const answer = await act({ name: 'mail/7', verb: 'open', reason: 'maintenance', revision: circuit.revision });
  expect(answer.status).toBe(200);
  expect((await look()).circuit.revision).toBeGreaterThan(circuit.revision);
});

test('a read that failed is told to those who waited for it, and to nobody after them', async () => {
  const { backend, ask } = await counted();
  backend.failing = true;
  const path = '/api/circuit?name=mail/7';
  const failed = await Promise.all([ask(path), ask(path)]);
  expect(failed.map(({ status }) => status)).toEqual([500, 500]);
  backend.failing = false;
  expect((await ask(path)).status).toBe(200);
});

test('five who walk through all circuits share the walk, page by page', async () => {
  const { backend, json } = await counted();
  const walkThrough = async (): Promise<readonly string[]> => {
    const names: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page: Page = await json<Page>(`/api/list?filter=all&after=${after}`);
      names.push(...page.circuits.map(({ name }) => name));
      after = page.next;
    }
    return names;
  };
  const [first, ...others] = await Promise.all([1, 2, 3, 4, 5].map(walkThrough));
  expect(new Set(first).size).toBe(120);
  for (const other of others) expect(other).toEqual(first);
  expect(backend.walks).toBe(1);
});

test('those who may see different circuits share no walk', async () => {
  let prefix = 'mail/';
  const { backend, json } = await counted(new Counting(), { authorize: () => ({ read: true, prefix }) });
  await json('/api/list?filter=all');
  prefix = 'mail/1';
  const page = await json<Page>('/api/list?filter=all');
  expect(page.circuits.every(({ name }) => name.startsWith('mail/1'))).toBe(true);
  expect(backend.walks).toBe(2);
});
