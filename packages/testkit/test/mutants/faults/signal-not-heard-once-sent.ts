import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, FarBackend } from '../reference/mutant.js';

/** The signal is looked at before the request, and not once it is out; its harness refuses connections. */
class SignalNotHeardOnceSent extends FarBackend {
  protected override ended<T>(answer: Promise<T>): Promise<T> {
    return answer;
  }
}

export const harness: StorageHarness = harnessOf(SignalNotHeardOnceSent, { hangs: false });
