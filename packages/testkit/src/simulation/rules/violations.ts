/** A rule of the fleet that a run broke. */
export interface Violation {
  /** `'F1'` to `'F8'`, or `'timers'`: something was left behind. */
  readonly rule: string;
  /** ms from the start. */
  readonly at: number;
  /** What happened instead. */
  readonly message: string;
}

/** One line of a run's story. */
export interface TraceLine {
  readonly at: number;
  readonly who: string;
  readonly what: string;
}

/** Collects what happened, and what must not have. */
export class Chronicle {
  readonly violations: Violation[] = [];
  readonly #lines: TraceLine[] = [];
  readonly #now: () => number;
  readonly #begun: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#begun = now();
  }

  /** ms from the start. */
  get elapsed(): number {
    return this.#now() - this.#begun;
  }

  tell(who: string, what: string): void {
    this.#lines.push({ at: this.elapsed, who, what });
  }

  violated(rule: string, message: string): void {
    this.violations.push({ rule, at: this.elapsed, message });
    this.tell('!!', `${rule}: ${message}`);
  }

  /** The story, a line an event. */
  get text(): string {
    return this.#lines
      .map(({ at, who, what }) => `${String(Math.round(at)).padStart(7)} ms  ${who.padEnd(6)} ${what}`)
      .join('\n');
  }
}
