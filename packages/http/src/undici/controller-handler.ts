import { Forwarder, type Method, type SendingHandler } from './forwarder.js';

/** How a handler of undici since 7 holds its request. */
interface Controller {
  readonly aborted: boolean;
  readonly paused: boolean;
  resume(): void;
}

/** undici's way since 7 of telling a handler about its request. */
export interface NewHandler extends SendingHandler {
  onRequestStart?: Method<[controller: Controller, context: unknown]>;
  onRequestUpgrade?: Method<[controller: Controller, status: number, headers: unknown, socket: unknown]>;
  onResponseStart?: Method<[controller: Controller, status: number, headers: unknown, statusText: string]>;
  onResponseData?: Method<[controller: Controller, piece: unknown]>;
  onResponseEnd?: Method<[controller: Controller, trailers: unknown]>;
  onResponseError?: Method<[controller: Controller | null, error: unknown]>;
}

/** Passes everything on as it came; an end or an error once it is reported. */
export class ControllerHandler extends Forwarder<NewHandler> implements NewHandler {
  onRequestStart(controller: Controller, context: unknown): unknown {
    const resume = controller.resume.bind(controller);
    controller.resume = () => {
      this.watch.resumed();
      resume();
    };
    return this.to.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(controller: Controller, status: number, headers: unknown, socket: unknown): unknown {
    this.watch.upgraded();
    return this.to.onRequestUpgrade?.(controller, status, headers, socket);
  }

  onResponseStart(controller: Controller, status: number, headers: unknown, statusText: string): unknown {
    // Below 200 it is a notice, and the answer is still to come.
    if (status >= 200) this.watch.answered(status, headers);
    const answer = this.watch.asked(() => this.to.onResponseStart?.(controller, status, headers, statusText));
    if (status >= 200 && controller.paused) this.watch.piece(true);
    return answer;
  }

  onResponseData(controller: Controller, piece: unknown): unknown {
    const answer = this.watch.asked(() => this.to.onResponseData?.(controller, piece));
    this.watch.piece(controller.paused);
    return answer;
  }

  onResponseEnd(controller: Controller, trailers: unknown): void {
    void this.watch.ended().then(() => {
      // What undici does where a handler throws.
      try {
        this.to.onResponseEnd?.(controller, trailers);
      } catch (error) {
        this.to.onResponseError?.(controller, error);
      }
    });
  }

  onResponseError(controller: Controller | null, error: unknown): void {
    if (controller?.aborted === true) this.watch.leave();
    void this.watch.broke(error).then(() => this.to.onResponseError?.(controller, error));
  }
}
