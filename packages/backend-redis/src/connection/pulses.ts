/** What is known of one server over one connection. */
export interface Pulse {
  /** How many commands it answered. */
  answers: number;
  /** How many calls in a row failed or were given up while nothing came back from it. */
  silent: number;
}

/** How many calls in a row may go without any answer before a connection counts as dead. */
const mostSilent = 2;

/**
 * Tells connections that died without a word: a balancer or a firewall that forgot them lets no packet through, and the
 * system finds that out after a quarter of an hour.
 *
 * A call that was given up says little: the server may be slow. Two of them in a row, and not one answer to anybody
 * meanwhile, are reason enough to open another connection beside this one.
 */
export class Pulses {
  readonly #pulses = new Map<string, Pulse>();

  of(server: string): Pulse {
    let pulse = this.#pulses.get(server);
    if (pulse === undefined) {
      pulse = { answers: 0, silent: 0 };
      this.#pulses.set(server, pulse);
    }
    return pulse;
  }
}

export function noteAnswer(pulse: Pulse): void {
  pulse.answers += 1;
  pulse.silent = 0;
}

/** A call ended without an answer; `answersBefore` is what there were when it was sent. Whether the connection is dead. */
export function noteSilence(pulse: Pulse, answersBefore: number): boolean {
  if (pulse.answers !== answersBefore) return false;
  pulse.silent += 1;
  return pulse.silent >= mostSilent;
}
