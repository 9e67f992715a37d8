import { isCircuitryError, type CallOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';

/** The client’s own retries are left on: what got no answer is sent again. */
class SendsAgainAfterALostAnswer extends ReferenceBackend {
  protected override async send<T>(
    verb: Verb,
    name: string,
    options: CallOptions | undefined,
    effect: () => T,
  ): Promise<T> {
    for (;;) {
      try {
        return await super.send(verb, name, options, effect);
      } catch (error) {
        if (!isCircuitryError(error, 'ERR_STORAGE')) throw error;
        while (this.server.losing) await this.server.pause(5);
        this.refuseIfOver(options?.signal);
      }
    }
  }
}

export const harness: StorageHarness = harnessOf(SendsAgainAfterALostAnswer, { outage: false });
