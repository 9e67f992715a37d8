import { answerOf, settled } from './resolver.js';

/**
 * The async context (AsyncLocalStorage, tracing) in which a factory was made.
 *
 * What no call causes runs in it: round trips that calls share, timers, pushes. A task is entered through a continuation
 * that was registered when the factory was made, so nothing of the caller who happened to be first clings to it.
 */
export class OwnContext {
  readonly #onError: (error: unknown) => void;
  #tasks: (() => void)[] = [];
  #wake: (nothing: void) => void = () => {};

  /** @param onError hears of a task that throws, which is a fault of ours. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
    void this.#run();
  }

  /** Runs the task once what is already due in this turn has run. */
  soon(task: () => void): void {
    this.#tasks.push(task);
    if (this.#tasks.length === 1) this.#wake();
  }

  /** Never ends: what awaits in here goes on in the context in which it began. */
  async #run(): Promise<never> {
    for (;;) {
      // What came while tasks ran has its turn after what is due by now.
      if (this.#tasks.length > 0) await settled(undefined);
      else await answerOf<void>((to) => (this.#wake = to.resolve));
      const tasks = this.#tasks;
      this.#tasks = [];
      for (const task of tasks) this.#do(task);
    }
  }

  #do(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.#onError(error);
    }
  }
}
