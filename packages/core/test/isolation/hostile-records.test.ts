import { describe, expect, test } from '@jest/globals';
import {
  CircuitBreakerFactory,
  isCircuitryError,
  MemoryBackend,
  type CircuitBreaker,
  type DefaultContext,
  type FactoryOptions,
  type Lease,
  type StorageBackend,
} from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { down } from '../breaker/support/fleet.js';
import { textOf } from './support/nonsense.js';
import { expectNothingUnheard } from './support/unheard.js';

// A stranger's backend may hand out live objects: what it answered may throw, or say something else, long after it was taken.

expectNothingUnheard();

/** A backend whose answers can be turned hostile: each look at a record of theirs, or at a part of it, throws. */
class Turncoat implements StorageBackend {
  readonly contractVersion = 1;
  /** Whether answers to come are hostile from the start. */
  isHostile = false;
  readonly #memory: MemoryBackend;
  readonly #handedOut: { isHostile: boolean }[] = [];

  constructor(clock: VirtualClock) {
    this.#memory = new MemoryBackend({ clock });
  }

  /** Whatever was handed out so far is hostile from now on. */
  turn(): void {
    for (const each of this.#handedOut) each.isHostile = true;
  }

  retrieve: StorageBackend['retrieve'] = async (...call) => this.#wearing(await this.#memory.retrieve(...call));
  apply: StorageBackend['apply'] = async (...call) => this.#wearing(await this.#memory.apply(...call));
  store: StorageBackend['store'] = async (...call) => this.#wearing(await this.#memory.store(...call));
  lock: StorageBackend['lock'] = async (...call) => this.#wearing(await this.#memory.lock(...call));
  delete: StorageBackend['delete'] = (...call) => this.#memory.delete(...call);
  list: StorageBackend['list'] = (...call) => this.#memory.list(...call);
  watch: Required<StorageBackend>['watch'] = (...call) => this.#memory.watch(...call);

  #wearing<T extends object>(answer: T): T {
    const own = { isHostile: this.isHostile };
    this.#handedOut.push(own);
    return wearing(answer, own);
  }
}

function wearing<T extends object>(whole: T, own: { readonly isHostile: boolean }): T {
  const look = (): void => {
    if (own.isHostile) throw new Error('hostile');
  };
  return new Proxy(whole, {
    get(target, key) {
      // What `await` asks of an answer.
      if (key !== 'then') look();
      const part: unknown = Reflect.get(target, key);
      return typeof part === 'object' && part !== null ? wearing(part, own) : part;
    },
    ownKeys: (target) => (look(), Reflect.ownKeys(target)),
    has: (target, key) => (look(), Reflect.has(target, key)),
    getPrototypeOf: (target) => (look(), Reflect.getPrototypeOf(target)),
  });
}

interface Scene {
  readonly backend: Turncoat;
  readonly clock: VirtualClock;
  readonly factory: CircuitBreakerFactory;
  readonly breaker: CircuitBreaker<DefaultContext>;
}

function sceneOf(options: Partial<FactoryOptions>): Scene {
  const clock = new VirtualClock(1_000_000);
  const backend = new Turncoat(clock);
  const factory = new CircuitBreakerFactory({
    clock,
    failureCountThreshold: 3,
    allowAfter: '1m',
    random: () => 0,
    ...options,
    backend,
  });
  return { backend, clock, factory, breaker: factory.breakerFor('c') };
}

const failure = (): never => {
  throw down;
};

/** How a circuit gets into each state, from nothing. */
const states: readonly (readonly [string, (scene: Scene) => Promise<unknown>])[] = [
  ['closed', ({ breaker }) => breaker.settle(() => 1)],
  ['closed after a failure', ({ breaker }) => breaker.settle(failure)],
  ['open', ({ breaker }) => trip(breaker)],
  ['half-open', async ({ breaker, clock }) => (await trip(breaker), clock.step(60_000))],
  ['forced open', ({ breaker }) => breaker.forceOpen({ reason: 'a test', by: 'me' })],
];

async function trip(breaker: CircuitBreaker<DefaultContext>): Promise<void> {
  for (let call = 0; call < 3; call += 1) await breaker.settle(failure);
}

const kinds: readonly (readonly [string, Partial<FactoryOptions>])[] = [
  ['strict', {}],
  ['bounded', { consistency: { maxStaleness: '1h' } }],
  ['bounded and counting failures', { consistency: { maxStaleness: '1h' }, counting: 'failures' }],
  ['exclusive', { exclusive: true }],
  ['observing', { mode: 'observe' }],
  ['allowing', { onStorageFailure: 'allow' }],
];

/** All that a caller, an operator and a listener may ask of a circuit, and what each is told. */
async function story({ breaker, factory, clock }: Scene, turn: () => void): Promise<unknown[]> {
  const told: unknown[] = [];
  for (const event of ['stateChange', 'refused', 'settled', 'lateOutcome', 'observed', 'fault'] as const)
    factory.on(event, (payload) => told.push([event, JSON.stringify(payload)]));
  turn();
  told.push(await breaker.settle(() => (turn(), 'value')));
  turn();
  told.push(await breaker.execute(failure).catch(textOf));
  turn();
  const permit = await breaker.start().catch(textOf);
  turn();
  if (typeof permit !== 'string') await permit.fail(down);
  await breaker.settle(failure);
  turn();
  const refused = await breaker.settle(() => 'value');
  turn();
  told.push(JSON.stringify(refused), 'error' in refused ? JSON.stringify(refused.error) : '');
  told.push(JSON.stringify(await breaker.information()));
  clock.step(60_000);
  turn();
  told.push(await breaker.settle(() => (turn(), 'trial')));
  await factory.flush();
  turn();
  await factory.close();
  return told;
}

describe.each(kinds)('In a factory that is %s', (_, options) => {
  test.each(states)('what was answered about a circuit that is %s is looked at no more', async (__, enter) => {
    const [plain, hostile] = [sceneOf(options), sceneOf(options)];
    await enter(plain);
    await enter(hostile);
    const expected = await story(plain, () => {});
    expect(await story(hostile, () => hostile.backend.turn())).toEqual(expected);
  });

  test.each(states)(
    'answers about a circuit that was %s and are hostile from the start are faults',
    async (__, enter) => {
      const scene = sceneOf({ onStorageFailure: 'local', ...options });
      await enter(scene);
      scene.backend.turn();
      scene.backend.isHostile = true;
      for (let call = 0; call < 3; call += 1) {
        const settled = await scene.breaker.settle(() => 'value');
        if (settled.status === 'refused') expect(isCircuitryError(settled.error)).toBe(true);
        else expect(settled).toMatchObject({ status: 'fulfilled', value: 'value' });
        const thrown: unknown = await scene.breaker.execute(failure).catch((error: unknown) => error);
        expect(thrown === down || isCircuitryError(thrown)).toBe(true);
      }
      await scene.factory.close();
    },
  );
});

test('A lease whose parts turn hostile while the work runs takes no result from its caller', async () => {
  const { breaker, backend, factory } = sceneOf({ exclusive: true });
  expect(await breaker.execute(() => (backend.turn(), 'value'))).toBe('value');
  const permit = await breaker.start();
  backend.turn();
  expect(permit.fencingToken).toEqual(expect.any(Number));
  await permit.succeed();
  await factory.close();
});

test.each([
  ['throws when it is looked at', () => failure()],
  ['is none', () => 'first'],
])('A lease whose token %s is a fault of the store, and the work runs as the policy says', async (_, token) => {
  const clock = new VirtualClock(1_000_000);
  const backend = new Turncoat(clock);
  const lease = { left: 60_000, extend: async () => {}, release: async () => {} };
  backend.lock = async () =>
    Object.defineProperty(lease, 'token', { get: token, configurable: true }) as unknown as Lease;
  for (const [onStorageFailure, result] of [
    ['local', { status: 'fulfilled', value: 'value' }],
    ['throw', { status: 'refused', code: 'ERR_STORAGE' }],
  ] as const) {
    const factory = new CircuitBreakerFactory({ clock, backend, exclusive: true, onStorageFailure });
    expect(await factory.breakerFor('c').settle(() => 'value')).toMatchObject(result);
    await factory.close();
  }
});
