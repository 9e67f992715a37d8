import type { CallOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';

/** A client that failed once never connects again. */
class StaysDownAfterAnOutage extends ReferenceBackend {
  private dead = false;

  protected override async send<T>(
    verb: Verb,
    name: string,
    options: CallOptions | undefined,
    effect: () => T,
  ): Promise<T> {
    this.dead ||= this.server.down;
    this.checkName(name);
    this.refuseIfOver(options?.signal);
    if (this.dead) return this.unreachable(verb, name, options);
    return super.send(verb, name, options, effect);
  }
}

export const harness: StorageHarness = harnessOf(StaysDownAfterAnOutage);
