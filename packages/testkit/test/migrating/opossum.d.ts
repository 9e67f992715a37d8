/* eslint-disable no-restricted-exports -- what opossum exports is its own affair. */
/** As much of opossum as is run here: it ships no types. */
declare module 'opossum' {
  export default class CircuitBreaker<Args extends readonly unknown[] = readonly unknown[], Value = unknown> {
    readonly opened: boolean;
    readonly closed: boolean;
    readonly halfOpen: boolean;
    readonly stats: { readonly fires: number; readonly failures: number; readonly rejects: number };
    constructor(action: (...args: Args) => Promise<Value>, options?: object);
    fire(...args: Args): Promise<Value>;
    fallback(answer: () => unknown): this;
    open(): void;
    close(): void;
    disable(): void;
    enable(): void;
    shutdown(): void;
  }
}

declare module 'opossum-10' {
  export { default } from 'opossum';
}
