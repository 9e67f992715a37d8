import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { context, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend } from '@circuitry/core';
import { instrument } from '../src/index.js';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
let factory: CircuitBreakerFactory;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(async () => {
  context.disable();
  await provider.shutdown();
});
beforeEach(() => {
  exporter.reset();
  factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), failureCountThreshold: 1 });
});
afterEach(() => factory.close());

/** Runs the work in a span, and answers the span's events. */
async function eventsOf(work: () => Promise<unknown>) {
  await provider.getTracer('test').startActiveSpan('job', async (span) => {
    await work();
    span.end();
  });
  return exporter
    .getFinishedSpans()
    .flatMap(({ events }) => events.map(({ name, attributes }) => ({ name, attributes })));
}

test('a trip, a refusal and a late outcome are events on the caller’s span, with the circuit’s name', async () => {
  instrument(factory);
  const breaker = factory.breakerFor('send-mail');
  const events = await eventsOf(async () => {
    const permit = await breaker.start();
    await breaker.settle(() => Promise.reject(new Error('no')));
    await breaker.settle(() => 'not tried');
    await permit.succeed();
  });
  const about = { 'circuitry.name': 'send-mail', 'circuitry.circuit': 'send-mail' };
  expect(events).toEqual([
    {
      name: 'circuitry.transition',
      attributes: { ...about, 'circuitry.from': 'closed', 'circuitry.to': 'open', 'circuitry.reason': 'tripped' },
    },
    {
      name: 'circuitry.refused',
      attributes: {
        ...about,
        'circuitry.code': 'ERR_CIRCUIT_OPEN',
        'circuitry.enforced': true,
        'circuitry.retry_after': expect.any(Number),
      },
    },
    { name: 'circuitry.late_outcome', attributes: { ...about, 'circuitry.outcome': 'success' } },
  ]);
});

test('tracing: false leaves spans alone', async () => {
  instrument(factory, { tracing: false });
  expect(await eventsOf(() => factory.breakerFor('send-mail').settle(() => Promise.reject(new Error('no'))))).toEqual(
    [],
  );
});

test('where there is no span, nothing is done', async () => {
  instrument(factory);
  expect(trace.getActiveSpan()).toBeUndefined();
  const { status } = await factory.breakerFor('send-mail').settle(() => Promise.reject(new Error('no')));
  expect(status).toBe('rejected');
});
