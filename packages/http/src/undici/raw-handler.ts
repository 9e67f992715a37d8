import { Forwarder, type Method, type SendingHandler } from './forwarder.js';

/** undici 6's way of telling a handler about its request. Headers come as bytes. */
export interface OldHandler extends SendingHandler {
  onConnect?: Method<[abort: (reason?: unknown) => void, context: unknown]>;
  onUpgrade?: Method<[status: number, headers: unknown, socket: unknown]>;
  onHeaders?: Method<[status: number, headers: unknown, resume: () => void, statusText: string]>;
  onData?: Method<[piece: unknown]>;
  onComplete?: Method<[trailers: unknown]>;
  onError?: Method<[error: unknown]>;
}

/** Passes everything on as it came; an end or an error once it is reported. */
export class RawHandler extends Forwarder<OldHandler> implements OldHandler {
  onConnect(abort: (reason?: unknown) => void, context: unknown): unknown {
    const leave = (reason?: unknown): void => {
      this.watch.leave();
      abort(reason);
    };
    return this.to.onConnect?.(leave, context);
  }

  onUpgrade(status: number, headers: unknown, socket: unknown): unknown {
    this.watch.upgraded();
    return this.to.onUpgrade?.(status, headers, socket);
  }

  onHeaders(status: number, headers: unknown, resume: () => void, statusText: string): unknown {
    // Below 200 it is a notice, and the answer is still to come.
    if (status >= 200) this.watch.answered(status, headers);
    const goOn = (): void => {
      this.watch.resumed();
      resume();
    };
    const answer = this.watch.asked(() => this.to.onHeaders?.(status, headers, goOn, statusText));
    if (status >= 200 && answer === false) this.watch.piece(true);
    return answer;
  }

  onData(piece: unknown): unknown {
    const answer = this.watch.asked(() => this.to.onData?.(piece));
    this.watch.piece(answer === false);
    return answer;
  }

  onComplete(trailers: unknown): void {
    void this.watch.ended().then(() => this.#told(() => this.to.onComplete?.(trailers)));
  }

  onError(error: unknown): void {
    void this.watch.broke(error).then(() => this.to.onError?.(error));
  }

  /** What undici does where a handler throws. */
  #told(tell: () => unknown): void {
    try {
      tell();
    } catch (error) {
      this.to.onError?.(error);
    }
  }
}
