/**
 * The part of redlock 5.0.0-beta.2 that is used here. Its own types can't be found under `moduleResolution: nodenext`
 * (its `exports` name none), and they are never part of this package's public types.
 */
declare module 'redlock' {
  interface Settings {
    /** What is taken off a lock's time for clocks that run at different speeds, as a share of it. */
    readonly driftFactor: number;
    /** How often a failed operation is repeated; 0: never. */
    readonly retryCount: number;
  }

  export class Lock {
    readonly resources: string[];
    /** Random: what the lock's keys hold. */
    readonly value: string;
    /** When this side must take it to be over, ms since the epoch; 0 once released. */
    expiration: number;
  }

  // eslint-disable-next-line no-restricted-exports -- as redlock is
  export default class Redlock {
    constructor(clients: Iterable<object>, settings?: Partial<Settings>);
    acquire(resources: string[], duration: number): Promise<Lock>;
    extend(lock: Lock, duration: number): Promise<Lock>;
    release(lock: Lock): Promise<unknown>;
  }
}
