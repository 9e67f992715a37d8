import { describe, expect, test } from '@jest/globals';
import { circuitName, failureCount, isCircuitryError, retryAfterOf, type FactoryOptions } from '@circuitry/core';
import { Fleet, rejection, type Breaker } from '../breaker/support/fleet.js';

class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, headers: Readonly<Record<string, string>> = {}) {
    super(`HTTP ${status}`);
    this.status = status;
    this.headers = headers;
  }
}

/** A provider's circuit around its tenants' circuits, as docs/choosing-options.md tells it. */
const nested: Partial<FactoryOptions> = {
  nameFor: (circuit, { tenantId }) => (tenantId === undefined ? circuit : circuitName(circuit, tenantId as string)),
  circuits: {
    'send-mail': { failureCountThreshold: 2 },
    provider: {
      trip: failureCount({ threshold: 4, window: '10s' }),
      errorMatcher: (error) => {
        if (isCircuitryError(error)) return 'ignored';
        const { status } = error as HttpError;
        if (status === 429) return { kind: 'failure', openFor: retryAfterOf(error) ?? 0 };
        return status >= 500 ? 'failure' : 'success';
      },
    },
  },
};

interface Mail {
  readonly fleet: Fleet;
  readonly provider: Breaker;
  readonly tenant: (tenantId: string) => Breaker;
  readonly send: (tenantId: string, error?: Error) => Promise<unknown>;
}

function mail(options: Partial<FactoryOptions> = nested): Mail {
  const fleet = new Fleet(options);
  const { factory } = fleet.join();
  const provider = factory.breakerFor('provider');
  const tenant = (tenantId: string): Breaker => factory.breakerFor('send-mail', { tenantId });
  const send = (tenantId: string, error?: Error): Promise<unknown> =>
    provider.settle(() => tenant(tenantId).execute(() => (error === undefined ? 'sent' : Promise.reject(error))));
  return { fleet, provider, tenant, send };
}

describe("A provider's circuit around its tenants' circuits", () => {
  test('a refusal inside does nothing to the provider: it is neither a failure nor a success', async () => {
    const { provider, tenant, send } = mail();
    await tenant('acme').forceOpen();
    for (let call = 0; call < 10; call += 1) {
      expect(await send('acme')).toMatchObject({ status: 'rejected', reason: { code: 'ERR_FORCED_OPEN' } });
    }
    const { state, total, totalIgnored } = await provider.information();
    expect({ state, total, totalIgnored }).toEqual({ state: 'closed', total: 0, totalIgnored: 10 });
  });

  test('by default as well, where no matcher says anything', async () => {
    const { provider, tenant, send } = mail({ failureCountThreshold: 1, nameFor: (circuit) => circuit });
    await tenant('acme').forceOpen();
    await send('acme');
    expect((await provider.information()).totalIgnored).toBe(1);
    expect(await provider.state()).toBe('closed');
  });

  test('one tenant that fails by its own fault opens its own circuit alone', async () => {
    const { provider, tenant, send } = mail();
    for (let call = 0; call < 5; call += 1) await send('acme', new HttpError(401));
    expect(await tenant('acme').state()).toBe('open');
    expect(await provider.state()).toBe('closed');
    expect(await send('globex')).toMatchObject({ status: 'fulfilled' });
  });

  test('failures of many tenants open it for all, before any of theirs is open', async () => {
    const { provider, tenant, send } = mail();
    for (const tenantId of ['a', 'b', 'c', 'd']) await send(tenantId, new HttpError(503));
    expect(await provider.state()).toBe('open');
    expect(await send('healthy')).toMatchObject({ status: 'refused', code: 'ERR_CIRCUIT_OPEN' });
    expect(await tenant('a').information()).toMatchObject({ state: 'closed', totalFailures: 1 });
    // The refusal outside asks nobody inside.
    expect((await tenant('healthy').information()).total).toBe(0);
  });

  test('a 429 with Retry-After opens it for all tenants at once', async () => {
    const { provider, send } = mail();
    await send('a', new HttpError(429, { 'retry-after': '600' }));
    expect(await provider.state()).toBe('open');
    expect(await send('b')).toMatchObject({ status: 'refused', retryAfter: 600_000 });
  });

  test("a trial of the provider that a tenant's circuit refuses gives its place back", async () => {
    const { fleet, provider, tenant, send } = mail();
    await provider.trip();
    await fleet.clock.advance('60s');
    await tenant('acme').forceOpen();
    await send('acme');
    expect((await provider.information()).trials).toEqual({ started: 0, limit: 1 });
    await send('globex');
    expect(await provider.state()).toBe('closed');
  });

  test('the caller gets the refusal of whichever circuit refused', async () => {
    const { provider, tenant } = mail();
    await tenant('acme').forceOpen();
    const error = await rejection(provider.execute(() => tenant('acme').execute(() => 1)));
    expect(error).toMatchObject({ circuitName: circuitName('send-mail', 'acme') });
  });
});
