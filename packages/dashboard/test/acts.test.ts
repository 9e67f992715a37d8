import { expect, test } from '@jest/globals';
import type { CircuitDetail } from '../src/protocol/circuit.js';
import type { ActResult } from '../src/circuits/circuits.js';
import { open, put, record } from './support/records.js';
import { testPanel, type TestPanel } from './support/panel.js';

const name = 'send-mail/acme';
const act = { name, verb: 'open', reason: 'maintenance', for: 3_600_000, revision: 0 };

async function stored({ backend }: TestPanel) {
  return (await backend.retrieve(name)).record;
}

test('forcing a circuit open is stored with who did it, why and until when, and answered as it is afterwards', async () => {
  const panel = testPanel();
  const answer = await panel.act(act);
  expect(answer.status).toBe(200);
  const { status, circuit } = (await answer.json()) as ActResult;
  const until = panel.clock.now() + 3_600_000;
  expect({ status, state: circuit.state, override: circuit.override }).toEqual({
    status: 'done',
    state: 'open',
    override: { state: 'open', reason: 'maintenance', by: 'ada', until },
  });
  expect(await stored(panel)).toMatchObject({ override: { state: 'open', reason: 'maintenance', by: 'ada', until } });
});

test('forcing it closed, releasing it and resetting it do what they say', async () => {
  const panel = testPanel();
  const { clock, backend } = panel;
  await put(backend, name, open(clock.now(), 60_000, 'HTTPError 503'));
  const step = async (verb: string, length: number | null) => {
    const { revision } = (await stored(panel)) ?? { revision: 0 };
    const answer = await panel.act({ name, verb, for: length, revision });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as ActResult).circuit;
  };
  expect(await step('close', null)).toMatchObject({ state: 'closed', override: { state: 'closed', until: null } });
  expect(await step('release', null)).toMatchObject({ state: 'closed', override: null });
  await put(backend, name, open(clock.now(), 60_000, 'HTTPError 503', 4));
  expect(await step('reset', null)).toMatchObject({ state: 'closed', override: null, openings: 0, lastFailure: null });
});

test('nothing is done to a circuit that changed since the operator looked, and they are shown how it is now', async () => {
  const panel = testPanel();
  await put(panel.backend, name, record());
  const before = await stored(panel);
  const answer = await panel.act({ ...act, revision: (before?.revision ?? 0) + 1 });
  expect(answer.status).toBe(409);
  expect(await answer.json()).toMatchObject({ status: 'changed', circuit: { revision: before?.revision } });
  expect(await stored(panel)).toEqual(before);
});

test('who may only read changes nothing', async () => {
  const panel = testPanel({ authorize: () => ({ read: true, by: 'eve' }) });
  const answer = await panel.act(act);
  expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'ERR_READ_ONLY' }]);
  expect(await stored(panel)).toBeNull();
});

test.each([
  ['without the page’s token', { 'x-circuitry-token': '' }, 'ERR_TOKEN'],
  ['with another token', { 'x-circuitry-token': crypto.randomUUID() }, 'ERR_TOKEN'],
  ['without the cookie that belongs to it', { cookie: '' }, 'ERR_TOKEN'],
  ['from another site', { 'sec-fetch-site': 'cross-site' }, 'ERR_ORIGIN'],
  ['from a sibling of the site', { 'sec-fetch-site': 'same-site' }, 'ERR_ORIGIN'],
  ['typed into the address bar', { 'sec-fetch-site': 'none' }, 'ERR_ORIGIN'],
  ['as a form of another page could send it', { 'content-type': 'text/plain' }, 'ERR_CONTENT_TYPE'],
  ['as a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'ERR_CONTENT_TYPE'],
])('an act that is sent %s changes nothing', async (_how, headers: Record<string, string>, code) => {
  const panel = testPanel();
  const answer = await panel.act(act, headers);
  expect([answer.status, await answer.json()]).toMatchObject([403, { code }]);
  expect(await stored(panel)).toBeNull();
});

test('where a browser says no site of its own, the origin has to be the panel’s', async () => {
  const panel = testPanel();
  const { token } = await panel.json<{ token: string }>('/api/session');
  const send = (origin: string | null) =>
    panel.ask('/api/act', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-circuitry-token': token,
        cookie: `circuitry-panel=${token}`,
        ...(origin === null ? {} : { origin }),
      },
      body: JSON.stringify(act),
    });
  for (const wrong of [
    null,
    'null',
    'https://evil.example',
    'https://ops.example.evil.example',
    'https://ops.example:444',
  ]) {
    expect((await send(wrong)).status).toBe(403);
  }
  expect((await send('https://ops.example')).status).toBe(200);
});

test('an act is a POST: no address does anything when it is opened', async () => {
  const panel = testPanel();
  const query = new URLSearchParams({ name, verb: 'open' }).toString();
  expect((await panel.ask(`/api/act?${query}`)).status).toBe(404);
  expect((await panel.ask(`/api/act?${query}`, { method: 'PUT' })).status).toBe(404);
  expect(await stored(panel)).toBeNull();
});

test('the token lies in a cookie that scripts can’t read and other sites’ requests don’t carry', async () => {
  const panel = testPanel({ basePath: '/circuits' });
  const cookie = (await panel.ask('/circuits/api/session')).headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Strict/);
  expect(cookie).toMatch(/Secure/);
  expect(cookie).toMatch(/Path=\/circuits(;|$)/);
});

test.each([
  ['no JSON', 'act!', /JSON object/],
  ['no name', { ...act, name: '' }, /name/],
  ['another verb', { ...act, verb: 'drop' }, /verb/],
  ['a length that is none', { ...act, for: -1 }, /for/],
  ['a length without end', { ...act, for: 1e300 }, /for/],
  ['a reason that is none', { ...act, reason: 7 }, /reason/],
  ['a reason that is too long', { ...act, reason: 'x'.repeat(301) }, /reason/],
  ['no revision', { ...act, revision: undefined }, /revision/],
  ['a length for a reset', { ...act, verb: 'reset' }, /reset has no length/],
])('an act with %s is refused, and told what is wrong', async (_what, body, message) => {
  const panel = testPanel();
  const answer = await panel.act(body);
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { message: string }).message).toMatch(message);
  expect(await stored(panel)).toBeNull();
});

test('a body beyond 16 kB is refused', async () => {
  const panel = testPanel();
  expect((await panel.act(JSON.stringify({ ...act, more: 'x'.repeat(20_000) }))).status).toBe(413);
});

test('the settings that the panel was given are shown and followed: a kind’s own over those of all', async () => {
  const settings = { allowAfter: '30m', retention: '2h', circuits: { 'send-mail': { allowAfter: '5m' } } } as const;
  const panel = testPanel({ settings });
  const look = async (name: string) =>
    (await panel.json<{ circuit: CircuitDetail }>(`/api/circuit?name=${encodeURIComponent(name)}`)).circuit;
  expect(await look('charge-card/acme')).toMatchObject({ allowAfter: 1_800_000 });
  expect(await look(name)).toMatchObject({
    allowAfter: 300_000,
    settings: [
      { name: 'allowAfter', value: '5m' },
      { name: 'retention', value: '2h' },
    ],
  });
  await panel.act({ ...act, verb: 'trip', for: null });
  expect(await look(name)).toMatchObject({ state: 'open', until: panel.clock.now() + 300_000 });
});

test('a trip opens it in the ordinary way for as long as was said, with the operator’s words as what opened it', async () => {
  const panel = testPanel();
  const answer = await panel.act({ ...act, verb: 'trip', for: 120_000 });
  const { circuit } = (await answer.json()) as ActResult;
  expect(circuit).toMatchObject({ state: 'open', override: null, until: panel.clock.now() + 120_000 });
  expect(circuit.lastFailure).toContain('maintenance');
  await panel.clock.advance('2m');
  const later = await panel.json<{ circuit: unknown }>(`/api/circuit?name=${encodeURIComponent(name)}`);
  expect(later.circuit).toMatchObject({ state: 'half-open', isDue: true });
});
