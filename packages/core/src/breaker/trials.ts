import type { CircuitRecord } from '../contract/record.js';
import { renewLease, returnTicket } from '../machine/tickets.js';
import { isCurrent } from '../machine/fence.js';
import type { Call } from './call.js';
import type { Port } from './port.js';
import type { Services } from './services.js';

/** A trial whose work runs: it renews its lease, and gives its ticket back if it comes to nothing. */
export interface LiveTrial {
  /** Renews no more. */
  stop(): void;
}

/**
 * Renews a trial's lease every third of it, for at most `longestTrial`: a hung trial in a living worker must not hold
 * its round for ever. A renewal that fails is tried again at the next beat; one that finds the round over stops.
 */
export function keepTrialAlive<Context>(services: Services<Context>, call: Call<Context>, port: Port): LiveTrial {
  const { clock, trialLease, longestTrial } = services.settings;
  const { circuit } = call;
  const givenUpAt = clock.now() + longestTrial;
  let base = call.record as CircuitRecord;
  let cancel = (): void => {};
  let isOver = false;
  const stop = (): void => {
    if (isOver) return;
    isOver = true;
    circuit.liveTrials -= 1;
    cancel();
  };
  const beat = async (): Promise<void> => {
    if (clock.now() >= givenUpAt) return stop();
    try {
      const answer = await port.apply(base, renewLease(base, services.time.now(), circuit.rules));
      if (answer.record === null || !isCurrent(call.fence, answer.record)) return stop();
      base = answer.record;
    } catch {
      // The store is away; the lease has two more beats.
    }
    if (!isOver) arm();
  };
  const arm = (): void => {
    cancel = clock.after(trialLease / 3, () => void beat(), { background: true });
  };
  circuit.liveTrials += 1;
  arm();
  return { stop };
}

/** Gives back the ticket of a trial that never ran. If it gets lost, the round's lease mends it. */
export async function giveTicketBack<Context>(call: Call<Context>, port: Port): Promise<void> {
  let base = call.record as CircuitRecord;
  for (let tries = 0; tries < 2; tries += 1) {
    const answer = await port.apply(base, returnTicket);
    if (answer.applied || answer.record === null || !isCurrent(call.fence, answer.record)) return;
    base = answer.record;
  }
}
