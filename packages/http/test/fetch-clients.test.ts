import { afterEach, describe, expect, test } from '@jest/globals';
import { request } from '@octokit/request';
import OpenAI from 'openai';
import Stripe from 'stripe';
import { fetch as undiciFetch, Response as UndiciResponse } from 'undici';
import { protectFetch } from '../src/index.js';
import { watched } from './support/outcomes.js';
import { serve, status, type TestServer } from './support/server.js';

let server: TestServer | undefined;
afterEach(async () => server?.close());

const stream = (pieces: readonly string[]): string =>
  [...pieces.map((content) => ({ choices: [{ index: 0, delta: { content } }] })), '[DONE]']
    .map((data) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`)
    .join('');

describe('As the fetch of a client library', () => {
  test('openai: answers and streams count once read; its retries are calls of their own and end at the circuit', async () => {
    let down = false;
    server = await serve((incoming, response) => {
      incoming.resume();
      if (down) return response.writeHead(503, { 'retry-after-ms': '1' }).end('{}');
      if (incoming.url === '/models') {
        return response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[{"id":"m"}]}');
      }
      return response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream(['Hello', ' there']));
    });
    const { factory, outcomes } = watched({ failureCountThreshold: 2 });
    const client = new OpenAI({ apiKey: 'x', baseURL: server.origin, maxRetries: 2, fetch: protectFetch(factory) });
    expect((await client.models.list()).data).toMatchObject([{ id: 'm' }]);
    expect(outcomes).toEqual(['success']);

    const answer = await client.chat.completions.create({ model: 'm', messages: [], stream: true });
    expect(outcomes).toHaveLength(1);
    let text = '';
    for await (const piece of answer) text += piece.choices[0]?.delta.content ?? '';
    expect(text).toBe('Hello there');
    expect(outcomes).toEqual(['success', 'success']);

    down = true;
    const requests = server.requests;
    const error: unknown = await client.models.list().catch((reason: unknown) => reason);
    expect((error as { cause?: unknown }).cause).toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
    expect(server.requests - requests).toBe(2);
  });

  test('@octokit/request', async () => {
    server = await serve((incoming, response) => {
      if (incoming.url === '/missing') return status(404)(incoming, response);
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{"login":"ada"}');
    });
    const { factory, outcomes } = watched();
    const ask = request.defaults({ baseUrl: server.origin, request: { fetch: protectFetch(factory) } });
    expect((await ask('GET /user')).data).toMatchObject({ login: 'ada' });
    await expect(ask('GET /missing')).rejects.toMatchObject({ status: 404 });
    expect(outcomes).toEqual(['success', 'success']);
  });

  test('stripe: by its fetch client; its retries are calls of their own and end at the circuit', async () => {
    let down = false;
    server = await serve((incoming, response) => {
      incoming.resume();
      const [code, body] = down
        ? [503, { error: { type: 'api_error', message: 'down' } }]
        : incoming.url?.startsWith('/v1/customers/missing')
          ? [404, { error: { type: 'invalid_request_error', message: 'No such customer' } }]
          : [200, { id: 'cus_1', object: 'customer', email: 'ada@example.com' }];
      return response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    const { factory, outcomes } = watched({ failureCountThreshold: 2 });
    const { hostname, port } = new URL(server.origin);
    const client = new Stripe('sk_test_x', {
      protocol: 'http',
      host: hostname,
      port,
      maxNetworkRetries: 3,
      telemetry: false,
      httpClient: Stripe.createFetchHttpClient(protectFetch(factory)),
    });
    expect(await client.customers.retrieve('cus_1')).toMatchObject({ email: 'ada@example.com' });
    expect(await client.customers.create({ email: 'ada@example.com' })).toMatchObject({ id: 'cus_1' });
    await expect(client.customers.retrieve('missing')).rejects.toMatchObject({ statusCode: 404 });
    expect(outcomes).toEqual(['success', 'success', 'success']);

    down = true;
    const requests = server.requests;
    const error: unknown = await client.customers.retrieve('cus_1').catch((reason: unknown) => reason);
    expect((error as { detail?: unknown }).detail).toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
    expect(server.requests - requests).toBe(2);
  });

  test("undici's own fetch keeps its types and its Response", async () => {
    server = await serve(status(200));
    const { factory, outcomes } = watched();
    const response = await protectFetch(factory, {}, undiciFetch)(server.url);
    expect(response).toBeInstanceOf(UndiciResponse);
    expect(await response.text()).toBe('status 200');
    expect(outcomes).toEqual(['success']);
  });
});
