import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { circuitInterceptor } from '../src/index.js';
import { watched } from './support/outcomes.js';
import { serve, status, type TestServer } from './support/server.js';
import { majors, noUndici8 } from './support/undici.js';

if (noUndici8 !== null) test.skip(`undici 8 (${noUndici8})`, () => {});

const names = ['circuit', 'retry', 'redirect', 'dns'] as const;
type Name = (typeof names)[number];

/** Every order of these. */
function ordersOf(left: readonly Name[]): Name[][] {
  if (left.length === 0) return [[]];
  return left.flatMap((first) => ordersOf(left.filter((each) => each !== first)).map((rest) => [first, ...rest]));
}

describe.each(majors)('undici $major, composed in any order', ({ undici }) => {
  const { Agent, interceptors } = undici;
  type Interceptor = ReturnType<typeof interceptors.retry>;
  let server: TestServer;
  let tries = 0;
  beforeEach(async () => {
    server = await serve((request, response) => {
      if (request.url === '/moved') return status(302, { location: '/flaky' })(request, response);
      tries += 1;
      return status(tries === 1 ? 503 : 200)(request, response);
    });
  });
  afterEach(() => server.close());

  const built: Readonly<Record<Exclude<Name, 'circuit'>, () => Interceptor>> = {
    retry: () => interceptors.retry({ minTimeout: 1, maxTimeout: 5 }),
    redirect: () => interceptors.redirect({ maxRedirections: 3 }),
    dns: () => interceptors.dns({ affinity: 4, dualStack: false }),
  };

  /** What a caller gets; or how undici refuses the order, or the call. */
  async function ask(composed: readonly Interceptor[]): Promise<unknown> {
    tries = 0;
    const agent = new Agent();
    try {
      const { statusCode, body } = await agent
        .compose(...composed)
        .request({ origin: server.origin.replace('127.0.0.1', 'localhost'), path: '/moved', method: 'GET' });
      return [statusCode, await body.text(), tries];
    } catch (error) {
      return String((error as Error).message);
    } finally {
      await agent.destroy();
    }
  }

  test.each(ordersOf(names).map((order) => [order.join(', '), order] as const))(
    '%s: the caller gets what he would without the circuit, and each request that meets it counts once',
    async (_title, order) => {
      const without = await ask(order.flatMap((name) => (name === 'circuit' ? [] : [built[name]()])));
      const { factory, outcomes } = watched({ failureCountThreshold: 10 });
      let met = 0;
      const counts = ((dispatch: (options: unknown, handler: unknown) => boolean) =>
        (options: unknown, handler: unknown) => {
          met += 1;
          return dispatch(options, handler);
        }) as unknown as Interceptor;
      const circuit = circuitInterceptor(factory) as unknown as Interceptor;
      const composed = order.flatMap((name) => (name === 'circuit' ? [circuit, counts] : [built[name]()]));
      expect(await ask(composed)).toEqual(without);
      expect(without).toEqual([200, 'status 200', 2]);
      expect(outcomes).toHaveLength(met);
      const isOutermost = order.indexOf('circuit') > Math.max(order.indexOf('retry'), order.indexOf('redirect'));
      if (isOutermost) expect(outcomes).toEqual(['success']);
      else expect(outcomes.at(-1)).toBe('success');
    },
  );
});
