import { unwanted } from '@circuitry/core/backend';

/** Calls a listener of the user's. One that throws, or whose promise rejects, must keep no message from its answer. */
export function hear(listener: () => unknown): void {
  try {
    unwanted(listener());
  } catch {
    // Nobody is left to be told.
  }
}
