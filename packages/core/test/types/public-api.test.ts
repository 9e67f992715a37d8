import { describe, test } from '@jest/globals';
import {
  anyOf,
  circuitName,
  CircuitBreakerFactory,
  exponential,
  failureRate,
  MemoryBackend,
  mergeSettings,
  type CircuitBreaker,
  type CircuitryError,
  type Duration,
  type ErrorMatcher,
  type FactoryOptions,
  type Information,
  type Settled,
} from '@circuitry/core';
import { expectTypeOf } from 'expect-type';

interface Tenant {
  readonly tenantId: string;
  readonly region?: 'eu' | 'us';
}

const backend = new MemoryBackend();
const plain = new CircuitBreakerFactory({ backend });
const tenants = new CircuitBreakerFactory<Tenant>({ backend });

/** Type-checked, never run. */
function unrun(_check: () => unknown): void {}

describe('Durations', () => {
  test('are milliseconds, or numbers with a unit', () => {
    expectTypeOf<250>().toExtend<Duration>();
    expectTypeOf<'250ms'>().toExtend<Duration>();
    expectTypeOf<'1.5h'>().toExtend<Duration>();
    expectTypeOf<'7d'>().toExtend<Duration>();
    expectTypeOf<'5 min'>().not.toExtend<Duration>();
    expectTypeOf<'soon'>().not.toExtend<Duration>();
    expectTypeOf<string>().not.toExtend<Duration>();
  });

  test('are checked in the settings', () => {
    // @ts-expect-error no unit of the five
    unrun(() => new CircuitBreakerFactory({ backend, allowAfter: '5min' }));
    // @ts-expect-error no unit of the five
    unrun(() => new CircuitBreakerFactory({ backend, consistency: { maxStaleness: '250' } }));
    unrun(
      () => new CircuitBreakerFactory({ backend, allowAfter: (openings) => openings * 1_000, cyclicClearAfter: '12h' }),
    );
  });
});

describe('What may be left out', () => {
  test('may be given as undefined, also where exactOptionalPropertyTypes is on', () => {
    expectTypeOf<Record<Exclude<keyof FactoryOptions, 'backend'>, undefined>>().toExtend<
      Omit<FactoryOptions, 'backend'>
    >();
    const nothing = undefined;
    const given = { failureCountThreshold: nothing, allowAfter: nothing, exclusive: { lease: nothing, wait: nothing } };
    unrun(() => new CircuitBreakerFactory({ backend, ...given, circuits: { pay: { workTimeout: nothing } } }));
    unrun(() => plain.breakerFor('pay').execute(() => 'paid', { signal: nothing, fallback: nothing }));
    unrun(() => plain.breakerFor('pay').forceOpen({ reason: nothing, by: nothing, for: nothing }));
    unrun(() => exponential('1s', { factor: nothing, max: nothing, jitter: nothing }));
    unrun(() => failureRate({ threshold: nothing, minimumCalls: nothing, window: nothing, buckets: nothing }));
    unrun(() => new MemoryBackend({ clock: nothing }));
  });
});

describe('Settings', () => {
  test('need a backend, and know their names and values', () => {
    // @ts-expect-error the backend is missing
    unrun(() => new CircuitBreakerFactory({}));
    // @ts-expect-error no such setting
    unrun(() => new CircuitBreakerFactory({ backend, failureTreshold: 3 }));
    // @ts-expect-error no such policy
    unrun(() => new CircuitBreakerFactory({ backend, onStorageFailure: 'retry' }));
    expectTypeOf<ErrorMatcher>().returns.toEqualTypeOf<
      'success' | 'failure' | 'ignored' | { readonly kind: 'failure'; readonly openFor: Duration }
    >();
  });

  test('merge into the type of both', () => {
    const merged = mergeSettings({ backend }, { allowAfter: '30m' });
    expectTypeOf(merged).toExtend<FactoryOptions>();
    expectTypeOf(merged.backend).toEqualTypeOf<MemoryBackend>();
  });
});

describe('The context', () => {
  test('flows into nameFor, onStateChange, trip functions and listeners', () => {
    const factory = new CircuitBreakerFactory<Tenant>({
      backend,
      nameFor: (circuit, context) => {
        expectTypeOf(circuit).toEqualTypeOf<string>();
        expectTypeOf(context).toEqualTypeOf<Tenant>();
        return circuitName(circuit, context.tenantId);
      },
      trip: anyOf(failureRate(), (information, subject) => {
        expectTypeOf(information).toEqualTypeOf<Information>();
        expectTypeOf(subject.name).toEqualTypeOf<string>();
        return information.consecutiveFailures > 3;
      }),
      onStateChange: ({ context, from, information }) => {
        expectTypeOf(context).toEqualTypeOf<Tenant>();
        expectTypeOf(from).toEqualTypeOf<'closed' | 'open' | 'half-open'>();
        expectTypeOf(information).toEqualTypeOf<Information>();
      },
    });
    factory.on('settled', ({ context, outcome }) => {
      expectTypeOf(context).toEqualTypeOf<Tenant>();
      expectTypeOf(outcome).toEqualTypeOf<'success' | 'failure' | 'ignored'>();
    });
    unrun(
      () =>
        new CircuitBreakerFactory<Tenant>({
          backend,
          trip: (_information, { context }) => {
            expectTypeOf(context).toEqualTypeOf<Tenant>();
            return context.region === 'eu';
          },
        }),
    );
    // @ts-expect-error no such event
    unrun(() => factory.on('opened', () => {}));
    // @ts-expect-error the tenant has no such field
    unrun(() => new CircuitBreakerFactory<Tenant>({ backend, nameFor: (_circuit, { tenant }) => String(tenant) }));
  });

  test('is inferred from an annotated nameFor', () => {
    const factory = new CircuitBreakerFactory({
      backend,
      nameFor: (circuit, { tenantId }: Tenant) => `${tenantId}/${circuit}`,
    });
    expectTypeOf(factory).toEqualTypeOf<CircuitBreakerFactory<Tenant>>();
  });

  test('may be anything where nobody says', () => {
    unrun(
      () =>
        new CircuitBreakerFactory({ backend, nameFor: (circuit, context) => circuitName(circuit, context.tenantId) }),
    );
    expectTypeOf(plain.breakerFor('x', { tenantId: 7 })).toExtend<{ readonly circuit: string }>();
  });

  test('is required by breakerFor where it has required fields, and optional where it has none', () => {
    unrun(() => tenants.breakerFor('x', { tenantId: 'acme' }));
    // @ts-expect-error the context is missing
    unrun(() => tenants.breakerFor('x'));
    // @ts-expect-error tenantId is missing
    unrun(() => tenants.breakerFor('x', { region: 'eu' }));
    // @ts-expect-error tenantId is no number
    unrun(() => tenants.breakerFor('x', { tenantId: 7 }));
    unrun(() => plain.breakerFor('x'));
    unrun(() => new CircuitBreakerFactory<{ region?: string }>({ backend }).breakerFor('x'));
  });

  test('comes back from the breaker', () => {
    expectTypeOf(tenants.breakerFor('x', { tenantId: 'acme' })).toEqualTypeOf<CircuitBreaker<Tenant>>();
    expectTypeOf<CircuitBreaker<Tenant>['context']>().toEqualTypeOf<Tenant>();
  });
});

describe('Results', () => {
  const breaker = plain.breakerFor('x');

  test('flow through execute, awaited', () => {
    unrun(() => {
      expectTypeOf(breaker.execute(() => 1)).toEqualTypeOf<Promise<number>>();
      expectTypeOf(breaker.execute(async () => 'text')).toEqualTypeOf<Promise<string>>();
      expectTypeOf(breaker.execute(({ signal }) => signal)).toEqualTypeOf<Promise<AbortSignal>>();
    });
  });

  test('are joined by a fallback’s', () => {
    unrun(() => {
      const joined = breaker.execute(() => 1, { fallback: async () => null });
      expectTypeOf(joined).toEqualTypeOf<Promise<number | null>>();
      const told = breaker.execute(() => 1, {
        fallback: (error) => {
          expectTypeOf(error).toEqualTypeOf<CircuitryError>();
          return error.code;
        },
      });
      expectTypeOf(told).toExtend<Promise<number | string>>();
    });
  });

  test('of settle are told apart by their status', () => {
    unrun(async () => {
      const settled = await breaker.settle(() => 1);
      expectTypeOf(settled).toEqualTypeOf<Settled<number>>();
      if (settled.status === 'fulfilled') expectTypeOf(settled.value).toEqualTypeOf<number>();
      else if (settled.status === 'rejected') expectTypeOf(settled.reason).toEqualTypeOf<unknown>();
      else expectTypeOf(settled.error).toEqualTypeOf<unknown>();
      // @ts-expect-error only what was fulfilled has a value
      return settled.value;
    });
  });

  test('of wrap keep the function’s signature and this', () => {
    const wrapped = breaker.wrap(function (this: { host: string }, to: string, times?: number) {
      return `${this.host}${to}${times}`;
    });
    expectTypeOf(wrapped).toEqualTypeOf<(this: { host: string }, to: string, times?: number) => Promise<string>>();
    expectTypeOf(breaker.wrap(async (id: number) => ({ id }))).parameters.toEqualTypeOf<[id: number]>();
    expectTypeOf(breaker.wrap(async (id: number) => ({ id }))).returns.toEqualTypeOf<Promise<{ id: number }>>();
  });
});

test('nameFor may read any context where rules and pauses say nothing of it', () => {
  unrun(() => {
    new CircuitBreakerFactory({
      backend: new MemoryBackend(),
      nameFor: (_circuit, { tenantId }) => String(tenantId),
      trip: { kind: 'any-of', policies: [] },
      circuits: { pay: { trip: { kind: 'any-of', policies: [] } } },
    });
  });
});
