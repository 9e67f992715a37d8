import { expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { fail, Fleet, refusal, succeed } from './support/fleet.js';

test('a refused result shows its error on the console and in JSON', async () => {
  const { breaker } = new Fleet({ failureCountThreshold: 1, retryJitter: 0 }).join();
  await fail(breaker);
  const refused = await breaker.settle(() => 1);
  expect(inspect(refused)).toContain('try again in 60 s');
  expect(JSON.parse(JSON.stringify(refused))).toMatchObject({
    status: 'refused',
    error: { code: 'ERR_CIRCUIT_OPEN', circuitName: 'c', state: 'open', retryAfter: 60_000 },
  });
});

test.each([[undefined], [null], [Promise.resolve(1)], ['send']])(
  'work that is no function (%p) is the caller’s fault, not the dependency’s: it counts as nothing',
  async (work) => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker } = fleet.join();
    await expect(breaker.execute(work as never)).rejects.toThrow(/^The work of circuit "c" must be a function, not /);
    expect(await breaker.settle(work as never)).toMatchObject({
      status: 'refused',
      error: expect.any(TypeError) as unknown,
    });
    expect(await fleet.record()).toBeNull();
    expect(() => breaker.wrap(work as never)).toThrow(/must be a function/);
    await succeed(breaker);
  },
);

test('a name with a line break in it makes no second line of a message or a log', async () => {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const logger = { debug: log, info: log, warn: log, error: log };
  const { breaker } = new Fleet({ logger, failureCountThreshold: 1 }).join({}, 'acme\nCircuit "other" went');
  await fail(breaker);
  const { message } = await refusal(breaker);
  await breaker.forceOpen();
  expect([message, ...lines].filter((line) => line.includes('\n'))).toEqual([]);
  expect(lines).toHaveLength(2);
});
