/** Beyond this (the year 2112, in µs) a token was no clock's: one lock's spoilt counter must not use up the tokens of all. */
const greatest = 2 ** 52;

/**
 * The least that the next fencing token may be, by what this process has heard from the server.
 *
 * The server's own counter is lost in a flush, in a restart without persistence and in some failovers. Its clock, from
 * which a new counter starts, may then be behind the last token. So whoever takes a lock says what was heard before: a
 * token starts at that clock, so one that was drawn before an answer is no greater than the clock in it.
 */
export class TokenFloor {
  #least = 0;

  /** As a script takes it: decimal text. */
  get least(): string {
    return String(this.#least);
  }

  /** A token that this process drew, or waited behind. */
  noteToken(token: number): void {
    if (token >= this.#least && token < greatest) this.#least = token + 1;
  }

  /** The server's clock, whole ms since the epoch, as an answer told it. */
  noteClock(now: number): void {
    this.noteToken(now * 1_000 + 999);
  }
}
