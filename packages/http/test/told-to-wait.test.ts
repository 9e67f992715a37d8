import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '@circuitry/core/testing';
import axios from 'axios';
import { circuitInterceptor, protectAxios, protectFetch } from '../src/index.js';
import { watched } from './support/outcomes.js';
import { serve, status, type TestServer } from './support/server.js';
import { majors } from './support/undici.js';

const start = Date.UTC(2030, 0, 1);
let server: TestServer;
let header: Record<string, string>;
let code: number;
beforeEach(async () => {
  server = await serve((request, response) => status(code, header)(request, response));
});
afterEach(async () => server.close());

/** Asks once, and tells how long the circuit then refuses, ms; null: it doesn't. */
async function refusedFor(ask: (clock: VirtualClock, own: ReturnType<typeof watched>) => () => Promise<unknown>) {
  const clock = new VirtualClock(start);
  const own = watched({ clock, retryJitter: 0, failureCountThreshold: 5, allowAfter: '1s' });
  const once = ask(clock, own);
  await once().catch(() => {});
  const refusal: unknown = await once().catch((error: unknown) => error);
  return (refusal as { retryAfter?: number } | undefined)?.retryAfter ?? null;
}

const faces = {
  fetch: (_clock: VirtualClock, { factory }: ReturnType<typeof watched>) => {
    const fetch = protectFetch(factory);
    return async () => void (await (await fetch(server.url)).text());
  },
  ...Object.fromEntries(
    majors.map(({ major, undici: { Agent } }) => [
      `undici ${major}`,
      (_clock: VirtualClock, { factory }: ReturnType<typeof watched>) => {
        const agent = new Agent().compose(circuitInterceptor(factory) as never);
        return async () =>
          void (await (await agent.request({ origin: server.origin, path: '/', method: 'GET' })).body.text());
      },
    ]),
  ),
  axios: (_clock: VirtualClock, { factory }: ReturnType<typeof watched>) => {
    const client = protectAxios(axios.create({ baseURL: server.origin }), factory);
    return async () => void (await client.get('/'));
  },
};

describe.each(Object.entries(faces))('Told to wait, %s', (_name, face) => {
  test.each([429, 503])('%i with Retry-After opens the circuit until then, at the first', async (each) => {
    code = each;
    header = { 'retry-after': '90' };
    expect(await refusedFor(face)).toBe(90_000);
  });

  test('a date, by the clock of the server that sent it', async () => {
    code = 429;
    // The server's clock is years away from this one.
    header = { date: 'Tue, 05 Mar 2024 12:00:00 GMT', 'retry-after': 'Tue, 05 Mar 2024 12:01:30 GMT' };
    expect(await refusedFor(face)).toBe(90_000);
  });

  test('at most for maxOpenFor', async () => {
    code = 503;
    header = { 'retry-after': '86400' };
    expect(await refusedFor(face)).toBe(3_600_000);
  });

  test.each<[number, Record<string, string>]>([
    [429, {}],
    [429, { 'retry-after': 'soon' }],
    [503, { 'retry-after': '0' }],
    [500, { 'retry-after': '90' }],
    [404, { 'retry-after': '90' }],
  ])('%i with %j is told by the trip rule alone', async (each, given) => {
    code = each;
    header = given;
    expect(await refusedFor(face)).toBeNull();
  });
});

test.each(majors)(
  "undici $major's retries that are used up are heard: the error carries the header",
  async ({ undici }) => {
    code = 503;
    header = { 'retry-after': '90' };
    const retryOnce = undici.interceptors.retry({ maxRetries: 0, minTimeout: 1, maxTimeout: 2 });
    const told = await refusedFor((_clock, { factory }) => {
      const agent = new undici.Agent().compose(retryOnce, circuitInterceptor(factory) as never);
      return () => agent.request({ origin: server.origin, path: '/', method: 'GET' });
    });
    expect(told).toBe(90_000);
  },
);
