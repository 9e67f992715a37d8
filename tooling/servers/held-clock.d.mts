/** See held-clock.mjs. */
export class HeldClock {
  now(): number;
  after(ms: number, callback: () => void): () => void;
  hold(): void;
  /** From where it was held. */
  goOn(): void;
}
