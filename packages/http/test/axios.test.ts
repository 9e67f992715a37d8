import { afterEach, describe, expect, test } from '@jest/globals';
import axios, { AxiosError, CanceledError, type AxiosRequestConfig } from 'axios';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { protectAxios } from '../src/index.js';
import { watched } from './support/outcomes.js';
import { breakOff, serve, stall, status, type Answer, type TestServer } from './support/server.js';

let server: TestServer | undefined;
afterEach(async () => server?.close());

async function started(answer: Answer): Promise<TestServer> {
  server = await serve(answer);
  return server;
}

const byPath: Answer = (request, response) => status(Number(request.url?.slice(1)))(request, response);

describe.each(['http', 'fetch'] as const)("axios with its adapter '%s'", (adapter) => {
  test('Statuses count by themselves, whatever axios makes an error of', async () => {
    const { origin } = await started(byPath);
    const { factory, outcomes } = watched();
    const client = protectAxios(axios.create({ baseURL: origin, adapter }), factory);
    expect((await client.get<string>('/200')).data).toBe('status 200');
    await expect(client.get('/404')).rejects.toMatchObject({ status: 404 });
    await expect(client.get('/500')).rejects.toBeInstanceOf(AxiosError);
    expect((await client.get('/503', { validateStatus: () => true })).status).toBe(503);
    await expect(client.get('/429')).rejects.toMatchObject({ response: { status: 429 } });
    expect(outcomes).toEqual(['success', 'success', 'failure', 'failure', 'failure']);
  });

  test('An open circuit rejects with its own error, which interceptors see, and nothing is sent', async () => {
    const { origin } = await started(status(500));
    const { factory } = watched({ failureCountThreshold: 1 });
    const client = protectAxios(axios.create({ baseURL: origin, adapter }), factory, { circuit: 'api' });
    const seen: unknown[] = [];
    client.interceptors.response.use(undefined, (error: unknown) => {
      seen.push((error as { code?: unknown }).code);
      throw error;
    });
    await expect(client.get('/')).rejects.toMatchObject({ status: 500 });
    await expect(client.post('/', { a: 1 })).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN', circuitName: 'api' });
    expect(seen).toEqual(['ERR_BAD_RESPONSE', 'ERR_CIRCUIT_OPEN']);
    expect(server?.requests).toBe(1);
  });

  test('A signal cancels and is ignored, whatever its shape of error; a time-out is a failure', async () => {
    let arrived = (): void => {};
    const { origin } = await started(() => arrived());
    const { factory, outcomes } = watched();
    const client = protectAxios(axios.create({ baseURL: origin, adapter }), factory);
    const cancel = new AbortController();
    const sent = new Promise<void>((resolve) => (arrived = resolve));
    const answer = client.get('/', { signal: cancel.signal });
    await sent;
    cancel.abort();
    await expect(answer).rejects.toBeInstanceOf(CanceledError);
    await expect(client.get('/', { signal: cancel.signal })).rejects.toBeInstanceOf(CanceledError);
    expect(outcomes).toEqual(['ignored']);
    await expect(client.get('/', { timeout: 30 })).rejects.toBeInstanceOf(AxiosError);
    expect(outcomes).toEqual(['ignored', 'failure']);
  });

  test('A body that breaks off is a failure', async () => {
    const { origin } = await started(breakOff);
    const { factory, outcomes } = watched();
    const client = protectAxios(axios.create({ baseURL: origin, adapter }), factory);
    await expect(client.get('/')).rejects.toBeInstanceOf(Error);
    expect(outcomes).toEqual(['failure']);
  });
});

describe('axios', () => {
  test('A cancel token cancels and is ignored', async () => {
    let arrived = (): void => {};
    const { origin } = await started(() => arrived());
    const { factory, outcomes } = watched();
    const client = protectAxios(axios.create({ baseURL: origin }), factory);
    const source = axios.CancelToken.source();
    const sent = new Promise<void>((resolve) => (arrived = resolve));
    const answer = client.get('/', { cancelToken: source.token });
    await sent;
    source.cancel('enough');
    await expect(answer).rejects.toMatchObject({ code: 'ERR_CANCELED', message: 'enough' });
    expect(outcomes).toEqual(['ignored']);
  });

  test('Of a signal and a cancel token given together either one cancels', async () => {
    let arrived = (): void => {};
    const { origin } = await started(() => arrived());
    const { factory, outcomes } = watched();
    const client = protectAxios(axios.create({ baseURL: origin }), factory);
    for (const cancels of ['token', 'signal'] as const) {
      const source = axios.CancelToken.source();
      const controller = new AbortController();
      const sent = new Promise<void>((resolve) => (arrived = resolve));
      const answer = client.get('/', { cancelToken: source.token, signal: controller.signal });
      await sent;
      if (cancels === 'token') source.cancel();
      else controller.abort();
      await expect(answer).rejects.toBeInstanceOf(CanceledError);
    }
    expect(outcomes).toEqual(['ignored', 'ignored']);
  });

  test('A cancel token of many requests holds on to none that is over, refused or streamed', async () => {
    let answer: Answer = status(200);
    const { origin } = await started((request, response) => answer(request, response));
    const { factory, next } = watched({ failureCountThreshold: 1 });
    const client = protectAxios(axios.create({ baseURL: origin }), factory);
    const { token: cancelToken } = axios.CancelToken.source();
    await client.get('/', { cancelToken });
    const streamed = await client.get<Readable>('/', { cancelToken, responseType: 'stream' });
    const reported = next();
    await text(streamed.data);
    await reported;
    answer = status(500);
    await expect(client.get('/', { cancelToken })).rejects.toMatchObject({ status: 500 });
    await expect(client.get('/', { cancelToken })).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
    // Where axios 1 keeps who is told of a cancellation.
    expect(Reflect.get(cancelToken, '_listeners')).toEqual([]);
  });

  test('A stream is reported when it has ended, broke off or was destroyed', async () => {
    let answer: Answer = status(200);
    const { origin } = await started((request, response) => answer(request, response));
    const { factory, outcomes, next } = watched();
    const client = protectAxios(axios.create({ baseURL: origin, responseType: 'stream' }), factory);
    const whole = await client.get<Readable>('/');
    expect(outcomes).toEqual([]);
    const ended = next();
    expect(await text(whole.data)).toBe('status 200');
    expect(await ended).toBe('success');

    answer = breakOff;
    const broken = await client.get<Readable>('/');
    const brokeOff = next();
    await expect(text(broken.data)).rejects.toThrow();
    expect(await brokeOff).toBe('failure');

    answer = stall;
    const left = await client.get<Readable>('/');
    const destroyed = next();
    left.data.destroy();
    expect(await destroyed).toBe('success');
  });

  test('A stream of the fetch adapter as well', async () => {
    let answer: Answer = status(200);
    const { origin } = await started((request, response) => answer(request, response));
    const { factory, outcomes } = watched();
    const client = protectAxios(axios.create({ baseURL: origin, responseType: 'stream', adapter: 'fetch' }), factory);
    const whole = await client.get<ReadableStream>('/');
    expect(await new Response(whole.data).text()).toBe('status 200');
    answer = breakOff;
    const broken = await client.get<ReadableStream>('/');
    await expect(new Response(broken.data).text()).rejects.toMatchObject({ name: 'TypeError' });
    expect(outcomes).toEqual(['success', 'failure']);
  });

  test('It is the same instance, with its types; the context comes from the call', async () => {
    const { origin } = await started(status(200));
    const { factory } = watched({ nameFor: (circuit, { tenantId }) => `${circuit}/${tenantId}` });
    const names: string[] = [];
    factory.on('settled', ({ name }) => names.push(name));
    const own = axios.create({ baseURL: origin });
    const client = protectAxios(own, factory, { circuit: 'api' });
    expect(client).toBe(own);
    await client.get('/x', { circuitContext: { tenantId: 'acme' } } as AxiosRequestConfig);
    expect(names).toEqual(['api/acme']);
  });

  test('A server that is away is a failure; a wrong use is ignored', async () => {
    const { origin, close } = await started(status(200));
    await close();
    server = undefined;
    const { factory, outcomes } = watched();
    const client = protectAxios(axios.create({ baseURL: origin }), factory);
    await expect(client.get('/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(client.get('ftp://nowhere/')).rejects.toBeInstanceOf(AxiosError);
    expect(outcomes).toEqual(['failure', 'ignored']);
  });
});
