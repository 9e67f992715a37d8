/**
 * Who asked: one of the two is called, once. It fits `new Promise`, and costs no promise where none is needed.
 *
 * Neither throws: whoever makes one sees to that.
 */
export interface Resolver<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** The host's own promises, also where a program has put a library's in the place of `globalThis.Promise`. */
const NativePromise = (async () => {})().constructor as PromiseConstructor;

/**
 * An answer as a promise. Whoever awaits it goes on in its own async context, whoever resolves it: that is how user code
 * stays in its caller's context although calls share round trips.
 */
export function answerOf<T>(ask: (to: Resolver<T>) => void): Promise<T> {
  return new NativePromise<T>((resolve, reject) => ask({ resolve, reject }));
}

/** A promise that waits for nothing. */
export function settled<T>(value: T): Promise<T> {
  return NativePromise.resolve(value);
}

const tick: Promise<void> = NativePromise.resolve();

/**
 * A promise that rejects with exactly this, a turn later: by then somebody listens. One that is rejected from the start
 * costs the host a look at who listens, which is more than the promise.
 */
export function rejected(error: unknown): Promise<never> {
  return new NativePromise<never>((_, reject) => void tick.then(() => reject(error)));
}
