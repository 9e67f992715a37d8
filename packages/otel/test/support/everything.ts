import { CircuitBreakerFactory, circuitName, MemoryBackend, StorageError } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { instrument } from '../../src/index.js';
import { telemetry } from './telemetry.js';

/** A store that can be away. */
class Store extends MemoryBackend {
  isDown = false;

  override async retrieve(...args: Parameters<MemoryBackend['retrieve']>): ReturnType<MemoryBackend['retrieve']> {
    if (this.isDown) throw new StorageError('connect ECONNREFUSED', { scope: 'store' });
    return super.retrieve(...args);
  }

  override list(...args: Parameters<MemoryBackend['list']>): ReturnType<MemoryBackend['list']> {
    if (this.isDown) throw new StorageError('connect ECONNREFUSED', { scope: 'store' });
    return super.list(...args);
  }
}

/** What Prometheus reads after everything has happened once: every metric with every attribute. */
export async function exportEverything(): Promise<string> {
  const told = telemetry();
  const clock = new VirtualClock(1_800_000_000_000);
  const backend = new Store({ clock });
  const factory = new CircuitBreakerFactory<{ tenant: string }>({
    backend,
    clock,
    nameFor: (circuit, { tenant }) => circuitName(circuit, tenant),
    failureCountThreshold: 1,
    allowAfter: '1h',
  });
  const stop = instrument(factory, {
    meterProvider: told.meterProvider,
    names: ['send-mail/acme'],
    openCircuits: { backend, clock },
  });
  const breaker = factory.breakerFor('send-mail', { tenant: 'acme' });
  const permit = await breaker.start();
  await breaker.settle(() => Promise.reject(new Error('HTTP 503')));
  await breaker.settle(() => 'refused');
  await permit.succeed();
  factory.on('refused', () => {
    throw new Error('a bug');
  });
  await breaker.settle(() => 'refused');
  await clock.advance('15s');
  backend.isDown = true;
  await factory.breakerFor('pay', { tenant: 'acme' }).settle(() => 'paid');
  await clock.advance('15s');
  const text = await told.text();
  stop();
  await factory.close();
  await told.shutdown();
  return text;
}
