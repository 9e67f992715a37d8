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
export const HostPromise = (async () => {})().constructor as PromiseConstructor;

/**
 * An answer as a promise. Whoever awaits it goes on in its own async context, whoever resolves it: that is how user code
 * stays in its caller's context although calls share round trips.
 */
export function answerOf<T>(ask: (to: Resolver<T>) => void): Promise<T> {
  return new HostPromise<T>((resolve, reject) => ask({ resolve, reject }));
}

/** A promise that waits for nothing. */
export function settled<T>(value: T): Promise<T> {
  return HostPromise.resolve(value);
}

const tick: Promise<void> = HostPromise.resolve();

/**
 * A promise that rejects with exactly this, a turn later: by then somebody listens. One that is rejected from the start
 * costs the host a look at who listens, which is more than the promise.
 */
export function rejected(error: unknown): Promise<never> {
  return new HostPromise<never>((_, reject) => void tick.then(() => reject(error)));
}

/** Hears of an end that is nobody's news. */
export function nothing(): void {}

/** Something to do. An object has one as a method where a closure of its own would cost each circuit as much again. */
export type Task = (() => void) | { run(): void };

/**
 * The async context (AsyncLocalStorage, tracing) in which a factory was made.
 *
 * What no call causes runs in it: round trips that calls share, timers, pushes. A task is entered through a continuation
 * that was registered when the factory was made, so nothing of the caller who happened to be first clings to it.
 */
export class OwnContext {
  readonly #onError: (error: unknown) => void;
  #tasks: Task[] = [];
  /** Settles when there is a task. */
  #isWanted!: Promise<void>;
  #wake!: () => void;

  /** @param onError hears of a task that throws, which is a fault of ours. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
    this.#sleep();
    void this.#run();
  }

  /** Runs the task once what is already due in this turn has run. */
  soon(task: Task): void {
    this.#tasks.push(task);
    if (this.#tasks.length === 1) this.#wake();
  }

  /** Never ends: what awaits in here goes on in the context in which it began. */
  async #run(): Promise<never> {
    for (;;) {
      await this.#isWanted;
      this.#sleep();
      // What comes while these run has its turn after what is due by then.
      const tasks = this.#tasks;
      this.#tasks = [];
      for (const task of tasks) this.#do(task);
    }
  }

  #sleep(): void {
    this.#isWanted = new HostPromise((resolve) => (this.#wake = resolve));
  }

  #do(task: Task): void {
    try {
      if (typeof task === 'function') task();
      else task.run();
    } catch (error) {
      this.#onError(error);
    }
  }
}
