import type { DispatchWatch } from './dispatch-watch.js';

/** A method of a handler. Its arguments are undici's business, so one that takes fewer fits too. */
export type Method<Arguments extends unknown[] = never[], Result = unknown> = (...values: Arguments) => Result;

/** What undici tells handlers of all its majors alike: how the sending goes on. */
export interface SendingHandler {
  onResponseStarted?: Method<[]>;
  onBodySent?: Method<[sent: unknown, total: unknown]>;
  onRequestSent?: Method<[]>;
}

/** Stands between undici and a caller's handler: what it has no use for it passes on as it came. */
export abstract class Forwarder<Handler extends SendingHandler> implements SendingHandler {
  protected readonly to: Handler;
  protected readonly watch: DispatchWatch;

  constructor(to: Handler, watch: DispatchWatch) {
    this.to = to;
    this.watch = watch;
  }

  onResponseStarted(): unknown {
    return this.to.onResponseStarted?.();
  }

  onBodySent(sent: unknown, total: unknown): unknown {
    return this.to.onBodySent?.(sent, total);
  }

  onRequestSent(): unknown {
    return this.to.onRequestSent?.();
  }
}
