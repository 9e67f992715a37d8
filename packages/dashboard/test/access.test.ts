import { expect, test } from '@jest/globals';
import { onlyLoopback, type Access } from '../src/index.js';
import { testPanel } from './support/panel.js';

const here = { remoteAddress: '127.0.0.1' };

function withoutAuthorize() {
  const { panel } = testPanel({ authorize: undefined as never });
  return panel;
}

test('without authorize a reader on this machine may look, and not act', async () => {
  const panel = withoutAuthorize();
  for (const host of ['127.0.0.1:8080', 'localhost', '[::1]:99']) {
    const session = await panel(new Request(`http://${host}/api/session`), here);
    expect(await session.json()).toMatchObject({ write: false, by: null, prefix: '' });
  }
  const act = await panel(new Request('http://localhost/api/act', { method: 'POST', body: '{}' }), here);
  expect([act.status, await act.json()]).toMatchObject([403, { code: 'ERR_READ_ONLY' }]);
});

test.each([
  ['from another machine', 'http://localhost/', { remoteAddress: '10.0.0.7' }, {}],
  ['from nobody knows where', 'http://localhost/', {}, {}],
  ['by a name that a page elsewhere made point here', 'http://evil.example/', here, {}],
  ['by a name that only begins like a loopback address', 'http://127.0.0.1.evil.example/', here, {}],
  ['through a proxy on this machine', 'http://localhost/', here, { 'x-forwarded-for': '10.0.0.7' }],
  ['through a proxy that says Forwarded', 'http://localhost/', here, { forwarded: 'for=10.0.0.7' }],
])('without authorize nobody is let in %s', async (_how, url, connection, headers: Record<string, string>) => {
  const panel = withoutAuthorize();
  const page = await panel(new Request(url, { headers }), connection);
  expect(page.status).toBe(403);
  expect(await page.text()).toContain('only on this machine');
  const api = await panel(new Request(`${url}api/overview`, { headers }), connection);
  expect([api.status, await api.json()]).toMatchObject([403, { code: 'ERR_NOT_LOOPBACK' }]);
});

test('onlyLoopback lets those who sit at this machine act', async () => {
  const { panel } = testPanel({ authorize: onlyLoopback({ write: true, by: 'ada' }) });
  const session = await panel(new Request('http://localhost/api/session'), here);
  expect(await session.json()).toMatchObject({ write: true, by: 'ada' });
  expect((await panel(new Request('http://localhost/api/session'), { remoteAddress: '10.0.0.7' })).status).toBe(403);
});

test('a typing error in what onlyLoopback is given is told, and not taken for a no', () => {
  expect(() => onlyLoopback({ wirte: true, by: 7 } as never)).toThrow(
    /wirte: expected no such setting[^]*by: expected a string/,
  );
  expect(() => onlyLoopback({ by: null })).not.toThrow();
});

test.each([
  ['null', null],
  ['nothing', undefined],
  ['read: false', { read: false, write: true }],
])('an authorize that answers %s lets nobody in', async (_what, answer) => {
  const { ask } = testPanel({ authorize: () => answer });
  for (const path of ['/', '/list', '/api/overview', '/api/events', '/api/circuit?name=a', '/nowhere']) {
    expect((await ask(path)).status).toBe(403);
  }
});

test.each([
  [
    'throws',
    () => {
      throw new Error('the directory is down');
    },
  ],
  ['rejects', () => Promise.reject(new Error('the directory is down'))],
  ['answers a typing error', () => ({ read: 'yes' }) as unknown as Access],
  ['answers a prefix that is none', () => ({ read: true, prefix: 7 }) as unknown as Access],
  ['answers true', () => true as unknown as Access],
])('an authorize that %s lets nobody in, and the host hears of it', async (_how, authorize) => {
  const { ask, faults } = testPanel({ authorize });
  const answer = await ask('/api/overview');
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('directory');
  expect(faults).toHaveLength(1);
});

test('every answer forbids scripts and data from elsewhere, and being framed', async () => {
  const { ask } = testPanel();
  for (const path of ['/', '/api/session', '/nowhere']) {
    const { headers } = await ask(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('the page has no inline script and no inline style', async () => {
  const { ask } = testPanel({ basePath: '/circuits' });
  const html = await (await ask('/circuits/')).text();
  expect(html).not.toMatch(/<style|style=| on[a-z]+=|javascript:/i);
  for (const [, attributes, body] of html.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)) {
    expect(attributes).toMatch(/ src="\/circuits\/assets\/[\w-]+\.js"/);
    expect(body).toBe('');
  }
});

test('the page’s files are kept by browsers under names that change with their content', async () => {
  const { ask } = testPanel();
  const html = await (await ask('/')).text();
  const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file as string);
  expect(files).toHaveLength(4);
  for (const file of files) {
    const answer = await ask(file);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toContain('immutable');
  }
  expect((await ask('/assets/app-other.js')).status).toBe(404);
});
