/** See stepping-clock.mjs. */
export interface SteppingClock {
  readonly env: Readonly<Record<string, string>>;
  setBy(ms: number): void;
  remove(): void;
}

export function noSteppingClock(): string | null;
export function makeSteppingClock(): SteppingClock;
