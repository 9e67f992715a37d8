import { useEffect, useState } from 'preact/hooks';
import { everyWhileSeen, machineNow } from '../clock.js';

/** The panel's clock less this machine's, ms: a reader's clock may be minutes off, and counts down all the same. */
let ahead = 0;
const listeners = new Set<() => void>();

export function noteServerTime(now: number): void {
  const found = now - machineNow();
  // What a network takes is no difference of clocks.
  if (Math.abs(found - ahead) > 500) ahead = found;
}

/** ms since the epoch, by the panel's clock. */
export function serverNow(): number {
  return machineNow() + ahead;
}

/** The panel's time, renewed every second. */
export function useNow(): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const tell = (): void => setNow(serverNow());
    if (listeners.size === 0) stopTicking = everyWhileSeen(1_000, () => listeners.forEach((each) => each()));
    listeners.add(tell);
    tell();
    return () => {
      listeners.delete(tell);
      if (listeners.size === 0) stopTicking();
    };
  }, []);
  return now;
}

let stopTicking = (): void => {};
