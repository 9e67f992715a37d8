/** How many calls before a failure its explanation shows. */
const shown = 14;

/** Written out only where a check fails: most calls are never shown. */
type Text = () => string;

interface Entry {
  readonly call: Text;
  answer: Text | null;
  rejection?: unknown;
}

/** The calls that a check made, for its explanation. */
export class Trace {
  readonly #entries: Entry[] = [];
  #dropped = 0;

  /** Notes a call that begins; the answer notes how it ended. */
  begin(call: Text): { answered(answer: Text): void; rejected(error: unknown, text: Text): void } {
    const entry: Entry = { call, answer: () => 'no answer yet' };
    this.#entries.push(entry);
    if (this.#entries.length > 200) {
      this.#entries.shift();
      this.#dropped += 1;
    }
    return {
      answered: (answer) => void (entry.answer = answer),
      rejected: (error, text) => {
        entry.answer = () => `rejected with ${text()}`;
        entry.rejection = error;
      },
    };
  }

  /** Notes something that is no call of the backend: the store goes away, time passes. */
  note(what: string): void {
    this.#entries.push({ call: () => what, answer: null });
  }

  /** The call that rejected with exactly this error; undefined for none. */
  callThatRejectedWith(error: unknown): string | undefined {
    return this.#entries.findLast((entry) => 'rejection' in entry && entry.rejection === error)?.call();
  }

  /** The last calls, one a line, oldest first. */
  lines(): string[] {
    const last = this.#entries.slice(-shown);
    const hidden = this.#entries.length + this.#dropped - last.length;
    const lines = last.map(({ call, answer }) => (answer === null ? call() : `${call()} -> ${answer()}`));
    return hidden > 0 ? [`… ${hidden} more before`, ...lines] : lines;
  }
}
