import { withSignal, type CallOptions } from '@circuitry/core';
import { ReferenceBackend, type Verb } from './reference-backend.js';

/** A correct backend whose server is two milliseconds away: a call is under way for a while, and can be ended there. */
export class FarBackend extends ReferenceBackend {
  protected override send<T>(verb: Verb, name: string, options: CallOptions | undefined, effect: () => T): Promise<T> {
    return this.ended(super.send(verb, name, options, effect), options?.signal);
  }

  protected ended<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return withSignal(answer, signal);
  }

  protected override travel(): Promise<void> {
    return this.server.pause(2);
  }
}
