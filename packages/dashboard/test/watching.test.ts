import { getEventListeners, getMaxListeners } from 'node:events';
import {
  MemoryBackend,
  type ListOptions,
  type NamedRecord,
  type StorageBackend,
  type Unwatch,
  type WatchListener,
} from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { expect, test } from '@jest/globals';
import type { Push } from '../src/protocol/answers.js';
import { changeStream } from '../src/server/stream.js';
import { StoreObserver } from '../src/watch/observer.js';
import { open, put, record } from './support/records.js';

/** Counts what is asked, and can lose its push. */
class Counting extends MemoryBackend {
  listings = 0;
  watchers = 0;
  listener: WatchListener | null = null;

  override list(options?: ListOptions): AsyncGenerator<NamedRecord> {
    this.listings += 1;
    return super.list(options);
  }

  override async watch(listener: WatchListener): Promise<Unwatch> {
    this.watchers += 1;
    this.listener = listener;
    const stop = await super.watch(listener);
    return async () => {
      this.watchers -= 1;
      await stop();
    };
  }
}

/** As DynamoDB is: nothing is pushed. */
class Silent extends Counting {
  override readonly watch = undefined as never;
}

function observed<Backend extends StorageBackend>(make: (clock: VirtualClock) => Backend) {
  const clock = new VirtualClock();
  const backend = make(clock);
  const observer = new StoreObserver(backend, clock);
  return { clock, backend, observer };
}

test('nothing is asked of the store before somebody looks, one listing serves many, and a while after the last look all ends', async () => {
  const { clock, backend, observer } = observed((clock) => new Counting({ clock }));
  expect([backend.listings, backend.watchers, clock.pending]).toEqual([0, 0, 0]);
  await Promise.all(Array.from({ length: 20 }, () => observer.troubled('')));
  expect([backend.listings, backend.watchers]).toEqual([1, 1]);
  await clock.advance('10m');
  expect([backend.listings, backend.watchers, clock.pending]).toEqual([1, 0, 0]);
  await observer.troubled('');
  expect([backend.listings, backend.watchers]).toEqual([2, 1]);
  await observer.close();
  expect([backend.watchers, clock.pending]).toEqual([0, 0]);
});

test('what is pushed is known without another listing', async () => {
  const { clock, backend, observer } = observed((clock) => new Counting({ clock }));
  await observer.troubled('mail/');
  await put(backend, 'mail/acme', open(clock.now(), 60_000, 'HTTPError 503'));
  await put(backend, 'other/acme', open(clock.now(), 60_000, 'HTTPError 503'));
  await clock.advance('1ms');
  expect([...(await observer.troubled('mail/')).records.keys()]).toEqual(['mail/acme']);
  await put(backend, 'mail/acme', record({ since: clock.now() }));
  await clock.advance('1ms');
  expect((await observer.troubled('mail/')).records.size).toBe(0);
  expect(backend.listings).toBe(1);
  expect(observer.seen('mail/acme').map(({ state }) => state)).toEqual(['closed', 'open']);
  await observer.close();
});

test('a push that may have missed something has the circuits listed again, and those who follow told', async () => {
  const { backend, observer } = observed((clock) => new Counting({ clock }));
  await observer.troubled('');
  const told: boolean[] = [];
  await observer.follow('', (_changes, missed) => void told.push(missed));
  backend.listener?.({ type: 'missed' });
  await observer.troubled('');
  expect([told, backend.listings]).toEqual([[true], 2]);
  await observer.close();
});

test('without a push, circuits that come, change and go between two listings are told', async () => {
  const { clock, backend, observer } = observed((clock) => new Silent({ clock }));
  const told: string[] = [];
  await observer.follow('', (changes) => told.push(...changes.map(({ name, state }) => `${name} ${state}`)));
  await observer.troubled('');
  await put(backend, 'a', open(clock.now(), 600_000, null));
  await clock.advance('5s');
  await put(backend, 'a', open(clock.now(), 600_000, null, 2));
  await put(backend, 'b', open(clock.now(), 600_000, null));
  await clock.advance('5s');
  await put(backend, 'a', record());
  await clock.advance('5s');
  await clock.advance('5s');
  expect(told).toEqual(['a open', 'a open', 'b open', 'a closed']);
  expect(observer.push).toBe('polled');
  await observer.close();
});

test('a watch that could not begin is told as lost and tried again later; listings go on meanwhile', async () => {
  let isDown = true;
  class Flaky extends Counting {
    override async watch(listener: WatchListener): Promise<Unwatch> {
      if (isDown) throw new Error('no connection');
      return super.watch(listener);
    }
  }
  const { clock, observer } = observed((clock) => new Flaky({ clock }));
  expect((await observer.troubled('')).fault).toBeNull();
  expect(observer.push).toBe('lost');
  isDown = false;
  await clock.advance('11s');
  await observer.troubled('');
  expect(observer.push).toBe('pushed');
  await observer.close();
});

test('a clock that steps back keeps no old listing, and no lost push', async () => {
  const clock = new VirtualClock();
  let behind = 0;
  const stepping = { now: () => clock.now() - behind, after: clock.after.bind(clock) };
  const backend = new Counting({ clock: stepping });
  const watch = backend.watch.bind(backend);
  backend.watch = () => Promise.reject(new Error('no connection'));
  const observer = new StoreObserver(backend, stepping);
  await observer.troubled('');
  backend.watch = watch;
  behind = 3_600_000;
  await put(backend, 'mail/acme', open(stepping.now(), 60_000, null));
  expect([...(await observer.troubled('')).records.keys()]).toEqual(['mail/acme']);
  expect(observer.push).toBe('pushed');
  await observer.close();
});

test('each of many viewers with a prefix of their own hears of changes, where nothing is pushed', async () => {
  const { clock, backend, observer } = observed((clock) => new Silent({ clock }));
  const heard: string[] = [];
  for (let index = 0; index < 60; index += 1) {
    await observer.follow(`${index}/`, (changes) => heard.push(...changes.map(({ name }) => name)));
  }
  await clock.advance('5s');
  await put(backend, '0/mail', open(clock.now(), 60_000, null));
  await put(backend, '59/mail', open(clock.now(), 60_000, null));
  await clock.advance('5s');
  expect(heard.sort()).toEqual(['0/mail', '59/mail']);
  await observer.close();
});

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Push[]> {
  let text = '';
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) text += new TextDecoder().decode(chunk);
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json as string) as Push);
}

const streamed = { prefix: '', kindOf: (name: string) => name.split('/')[0] as string };

test("changes are pushed with their circuits' kinds, as the host tells them apart", async () => {
  const { clock, backend, observer } = observed((clock) => new Counting({ clock }));
  const closing = new AbortController();
  const kindOf = (name: string): string => name.split(':')[1] as string;
  const all = readAll(changeStream(observer, { ...streamed, kindOf, clock, closing: closing.signal }));
  await clock.advance('1ms');
  await put(backend, 'acme:mail', open(clock.now(), 60_000, null));
  await clock.advance('1s');
  closing.abort();
  expect((await all)[1]).toMatchObject({ changes: [{ name: 'acme:mail', kind: 'mail' }] });
  await observer.close();
});

test('a storm of changes is one message a moment with the latest of them, and says that there were more', async () => {
  const { clock, backend, observer } = observed((clock) => new Counting({ clock }));
  const closing = new AbortController();
  const all = readAll(changeStream(observer, { ...streamed, clock, closing: closing.signal }));
  await clock.advance('1ms');
  for (let index = 0; index < 300; index += 1) await put(backend, `mail/${index}`, open(clock.now(), 60_000, null));
  await clock.advance('1s');
  closing.abort();
  const pushes = await all;
  expect(pushes.map(({ type }) => type)).toEqual(['hello', 'changes']);
  const [, storm] = pushes as [Push, Extract<Push, { type: 'changes' }>];
  expect([storm.changes.length, storm.more]).toEqual([50, true]);
  await observer.close();
});

test('a stream ends by itself, so that the right to look is asked for again, and leaves nothing behind', async () => {
  const { clock, observer } = observed((clock) => new Counting({ clock }));
  const all = readAll(changeStream(observer, { ...streamed, clock, closing: new AbortController().signal }));
  await clock.advance('3m');
  expect((await all).map(({ type }) => type)).toEqual(['hello']);
  await observer.close();
  expect(clock.pending).toBe(0);
});

test('more viewers than Node allows listeners are no leak to it', async () => {
  const { clock, observer } = observed((clock) => new Counting({ clock }));
  const closing = new AbortController();
  const all = Array.from({ length: 12 }, () =>
    readAll(changeStream(observer, { ...streamed, clock, closing: closing.signal })),
  );
  await clock.advance('1ms');
  expect(getEventListeners(closing.signal, 'abort').length).toBeLessThanOrEqual(getMaxListeners(closing.signal));
  closing.abort();
  expect((await Promise.all(all)).map(([push]) => push?.type)).toEqual(all.map(() => 'hello'));
  await observer.close();
  expect(clock.pending).toBe(0);
});
