/* eslint-disable @typescript-eslint/prefer-promise-reject-errors, @typescript-eslint/only-throw-error -- what a stranger may do */
/** An object of which nothing can be asked: each look throws. */
export function revoked(): never {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy as never;
}

export function thrower(): never {
  throw new Error('boom');
}

/** What user code, or a stranger's backend, may answer that nobody can use. */
export const nonsense: readonly (readonly [string, () => unknown])[] = [
  ['an empty object', () => ({})],
  ['nothing', () => undefined],
  ['null', () => null],
  ['a number that is none', () => NaN],
  ['a symbol', () => Symbol('odd')],
  ['a revoked proxy', () => revoked()],
  ['a throw', thrower],
  ['a throw of a revoked proxy', throwRevoked],
  ['a promise of nothing', async () => undefined],
  ['a promise of an empty object', async () => ({})],
  ['a rejection', async () => thrower()],
  ['a rejection with nothing', () => Promise.reject(undefined)],
  ['a rejection with a revoked proxy', async () => throwRevoked()],
  ['a thenable that never settles', () => ({ then() {} })],
  ['a thenable that throws', () => ({ then: thrower })],
  ['an object whose then can not be read', () => Object.defineProperty({}, 'then', { get: thrower })],
  [
    'itself',
    () => {
      const circle: { self?: unknown } = {};
      circle.self = circle;
      return circle;
    },
  ],
];

function throwRevoked(): never {
  throw revoked();
}

/** What an error says, where it can be asked. */
export function textOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'something that can not be looked at';
  }
}
