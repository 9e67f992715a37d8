import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { pinoLogger, winstonLogger, type LogFields, type Logger } from '@circuitry/core';
import pino from 'pino';
import winston from 'winston';
import { failing } from './support/failing-backend.js';
import { fail, Fleet, succeed } from './support/fleet.js';

/** A whole incident: it trips, the store goes and comes, an operator acts. */
async function incident(logger: Logger): Promise<void> {
  const fleet = new Fleet({
    logger,
    failureCountThreshold: 1,
    allowAfter: '1s',
    resultMatcher: () => 'perhaps' as never,
  });
  const { breaker, backend } = fleet.join();
  await fail(breaker);
  await fleet.clock.advance('1s');
  await succeed(breaker);
  backend.conduct = failing('unreachable');
  await succeed(breaker);
  backend.conduct = (_call, make) => make();
  await fleet.clock.advance('10s');
  await succeed(breaker);
  await breaker.forceOpen({ reason: 'maintenance' });
}

const story = [
  ['warn', 'Circuit "c" went from closed to open (tripped)'],
  ['info', 'Circuit "c" went from open to half-open (trial-round)'],
  ['error', 'The setting resultMatcher failed; the circuit goes on without its answer'],
  ['info', 'Circuit "c" went from half-open to closed (trials-succeeded)'],
  ['warn', 'connect ECONNREFUSED'],
  ['error', 'The setting resultMatcher failed; the circuit goes on without its answer'],
  ['info', 'The store of the circuits answers again'],
  ['error', 'The setting resultMatcher failed; the circuit goes on without its answer'],
  ['warn', 'Circuit "c" went from closed to open (forced-open)'],
  ['warn', 'An operator changed circuit "c" (forced-open)'],
];

/** A stream that keeps the JSON lines written to it. */
function sink(): { stream: Writable; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)) as Record<string, unknown>);
      done();
    },
  });
  return { stream, lines };
}

describe('The logger', () => {
  test('is told an incident line by line: message, then fields', async () => {
    const lines: { level: string; message: string; fields: LogFields }[] = [];
    const at = (level: string) => (message: string, fields: LogFields) => void lines.push({ level, message, fields });
    await incident({ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') });
    expect(lines.map(({ level, message }) => [level, message])).toEqual(story);
    expect(lines[0]?.fields).toEqual({
      circuit: 'c',
      from: 'closed',
      to: 'open',
      reason: 'tripped',
      generation: 1,
      lastFailure: 'Error',
    });
    expect(lines[4]?.fields).toMatchObject({ circuit: 'c', policy: 'local', error: { code: 'ERR_STORAGE' } });
    expect(lines[6]?.fields).toEqual({ downFor: 10_000 });
  });

  test('may be pino, through its adapter', async () => {
    const { stream, lines } = sink();
    await incident(pinoLogger(pino({ formatters: { level: (label) => ({ level: label }) } }, stream)));
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual(story);
    expect(lines[0]).toMatchObject({ circuit: 'c', from: 'closed', to: 'open', reason: 'tripped' });
  });

  test('may be winston, through its adapter', async () => {
    const { stream, lines } = sink();
    const logger = winston.createLogger({ level: 'debug', transports: [new winston.transports.Stream({ stream })] });
    await incident(winstonLogger(logger));
    expect(lines.map(({ level, message }) => [level, message])).toEqual(story);
    expect(lines[0]).toMatchObject({ circuit: 'c', from: 'closed', to: 'open', reason: 'tripped' });
  });

  test('may be the console', async () => {
    const fleet = new Fleet({ logger: console });
    await succeed(fleet.join().breaker);
  });
});
