import { expect, test } from '@jest/globals';
import type { Overview, Page } from '../src/protocol/answers.js';
import { forced, open, put, record } from './support/records.js';
import { testPanel } from './support/panel.js';

const mine = ['send-mail/acme', 'send-mail/globex'];
const others = ['send-mailing/acme', 'send-mai', 'charge-card/acme', 'Send-mail/acme', 'send-mail'];

async function panelOfOneTeam() {
  const panel = testPanel({ authorize: () => ({ read: true, write: true, by: 'ada', prefix: 'send-mail/' }) });
  const now = panel.clock.now();
  for (const name of [...mine, ...others])
    await put(panel.backend, name, open(now - 1_000, 60_000, `failure of ${name}`));
  await put(
    panel.backend,
    'charge-card/held',
    forced(now, { state: 'open', reason: 'secret', by: 'eve', until: null }),
  );
  await put(panel.backend, 'charge-card/calm', record());
  return panel;
}

test('nothing outside of the prefix is counted or named in the overview', async () => {
  const panel = await panelOfOneTeam();
  const overview = await panel.json<Overview>('/api/overview');
  expect(overview.counts).toEqual({ open: 2, halfOpen: 0, forcedOpen: 0, forcedClosed: 0 });
  expect(overview.kinds.map(({ kind }) => kind)).toEqual(['send-mail']);
  expect(overview.health.looked).toBe(2);
  const text = JSON.stringify(overview);
  for (const word of ['charge-card', 'send-mailing', 'secret', 'eve']) expect(text).not.toContain(word);
});

test.each(['troubled', 'open', 'half-open', 'forced', 'all'])(
  'nothing outside of the prefix is in the list of %s',
  async (filter) => {
    const panel = await panelOfOneTeam();
    for (const search of ['', 'a', '../', 'send-mail/', '%', '*']) {
      const page = await panel.json<Page>(`/api/list?${new URLSearchParams({ filter, search }).toString()}`);
      for (const { name } of page.circuits) expect(mine).toContain(name);
    }
  },
);

test('a search is a continuation of the prefix', async () => {
  const panel = await panelOfOneTeam();
  const page = await panel.json<Page>('/api/list?filter=all&search=ac');
  expect(page.circuits.map(({ name }) => name)).toEqual(['send-mail/acme']);
});

test('a guessed address outside of the prefix is answered as one where nothing ever was', async () => {
  const panel = await panelOfOneTeam();
  const answerTo = async (name: string) => {
    const answer = await panel.ask(`/api/circuit?${new URLSearchParams({ name }).toString()}`);
    return [answer.status, await answer.text()];
  };
  const never = await answerTo('charge-card/never-was');
  expect(never[0]).toBe(404);
  for (const name of [...others, 'charge-card/held', '']) expect(await answerTo(name)).toEqual(never);
  expect((await answerTo('send-mail/acme'))[0]).toBe(200);
});

test('nothing outside of the prefix can be acted on', async () => {
  const panel = await panelOfOneTeam();
  for (const name of others) {
    const { record: before } = await panel.backend.retrieve(name);
    const answer = await panel.act({ name, verb: 'reset', revision: before?.revision });
    expect(answer.status).toBe(404);
    expect((await panel.backend.retrieve(name)).record).toEqual(before);
  }
});

test('a page of somebody else’s listing can’t be gone on from', async () => {
  let prefix = '';
  const panel = testPanel({ authorize: () => ({ read: true, prefix }) });
  for (let index = 0; index < 120; index += 1) await put(panel.backend, `charge-card/${index}`, record());
  const { next } = await panel.json<Page>('/api/list?filter=all');
  expect(next).not.toBeNull();
  prefix = 'send-mail/';
  const answer = await panel.ask(`/api/list?filter=all&after=${next ?? ''}`);
  expect([answer.status, await answer.json()]).toMatchObject([410, { code: 'ERR_LISTING_OVER' }]);
});

test('transitions outside of the prefix are not pushed', async () => {
  const panel = await panelOfOneTeam();
  const response = await panel.ask('/api/events');
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  const readUntil = async (wanted: string) => {
    while (!text.includes(wanted)) text += decoder.decode((await reader.read()).value);
  };
  await readUntil('hello');
  await put(panel.backend, 'charge-card/acme', open(panel.clock.now(), 60_000, 'other'));
  await put(panel.backend, 'send-mail/hooli', open(panel.clock.now(), 60_000, 'own'));
  const read = readUntil('own');
  await panel.clock.advance('1s');
  await read;
  expect(text).toContain('send-mail/hooli');
  expect(text).not.toContain('charge-card');
  await reader.cancel();
  await panel.panel.close();
});
