import { answerOf } from './resolver.js';

/**
 * The async context (AsyncLocalStorage, tracing) in which a factory was made.
 *
 * What no call causes runs in it: round trips that calls share, timers, pushes. A task is entered through a continuation
 * that was registered when the factory was made, so nothing of the caller who happened to be first clings to it.
 */
export class OwnContext {
  readonly #onError: (error: unknown) => void;
  #tasks: (() => void)[] = [];
  #wake: () => void = () => {};

  /** @param onError hears of a task that throws, which is a fault of ours. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
    this.#listen();
  }

  /** Runs the task once what is already due in this turn has run. */
  soon(task: () => void): void {
    this.#tasks.push(task);
    if (this.#tasks.length === 1) this.#wake();
  }

  #listen(): void {
    void answerOf<void>(({ resolve }) => (this.#wake = resolve)).then(this.#run);
  }

  readonly #run = (): void => {
    const tasks = this.#tasks;
    this.#tasks = [];
    this.#listen();
    for (const task of tasks) {
      try {
        task();
      } catch (error) {
        this.#onError(error);
      }
    }
  };
}
