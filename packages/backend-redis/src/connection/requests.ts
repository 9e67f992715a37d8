import type { PendingCalls } from '@circuitry/core/backend';
import type { Link } from './link.js';
import { noteAnswer, noteSilence, type Pulse } from './pulses.js';
import type { ClusterConnection, ConnectionFault, ServerConnection } from './redis-connection.js';
import { notConnected, outOfTime, storageFailure, type Attempt } from './storage-failure.js';

export type Connection = ServerConnection | ClusterConnection;

/** One call to the server. */
export interface Request<T, R> {
  readonly attempt: Attempt;
  readonly signal: AbortSignal | undefined;
  /** Which server it goes to. */
  readonly key: string;
  readonly work: (connection: Connection) => Promise<T>;
  /** What the answer is made to. */
  readonly onValue?: (value: T) => R;
}

/** Sends commands, once there is a connection, and makes their failures this library's errors. */
export class Requests {
  readonly #link: Link;
  readonly #calls: PendingCalls;

  /** Whether the last connection was to a Cluster. */
  #isCluster = false;

  constructor(link: Link, calls: PendingCalls) {
    this.#link = link;
    this.#calls = calls;
  }

  /** Not async, like all that follows: each promise more stands in every call's way. */
  send<T, R = T>(request: Request<T, R>): Promise<R> {
    const connection = this.#link.ready;
    return connection === null
      ? this.#connectFirst(request).then(() => this.send(request))
      : this.#dispatch(request, connection);
  }

  #dispatch<T, R>(request: Request<T, R>, connection: Connection): Promise<R> {
    const { attempt, signal, key, work, onValue } = request;
    const pulse = this.#link.pulses.of(connection.serverOf(key));
    const { answers } = pulse;
    this.#isCluster = connection.cluster !== null;
    let isGivenUp = false;
    const sent = work(connection).then(
      (value) => {
        noteAnswer(pulse);
        return value;
      },
      (fault: ConnectionFault) => {
        this.#noteFault(fault, pulse, answers);
        if (isGivenUp || !mayRepeat(fault, attempt)) throw fault;
        // It changed nothing: it waits for the next connection like a call that came a moment later.
        return this.#again(request, fault, () => isGivenUp);
      },
    );
    return this.#calls.track<T, R>(sent, signal, {
      onAbort: (reason) => {
        isGivenUp = true;
        if (noteSilence(pulse, answers)) this.#link.replace();
        return outOfTime(reason, attempt);
      },
      onFailure: (error) => storageFailure(error, attempt, connection.cluster !== null),
      ...(onValue && { onValue }),
    });
  }

  async #again<T, R>({ key, work }: Request<T, R>, fault: unknown, isGivenUp: () => boolean): Promise<T> {
    // A connection that still looks as if it stood is about to be told that it doesn't.
    await Promise.resolve();
    await this.#link.whenReady();
    const connection = this.#link.ready;
    if (connection !== null && 'whenConnected' in connection) await connection.whenConnected?.(key);
    if (connection === null || connection !== this.#link.ready || isGivenUp()) throw fault;
    return work(connection);
  }

  #noteFault({ kind, message }: ConnectionFault, pulse: Pulse, answers: number): void {
    if (kind === 'answered') {
      noteAnswer(pulse);
      // Demoted, or given another password, under an open connection: only a new one finds what is right now.
      if (/\b(?:READONLY|NOAUTH|WRONGPASS)\b/.test(message)) this.#link.replace();
    } else if (noteSilence(pulse, answers)) {
      this.#link.replace();
    }
  }

  async #connectFirst<T, R>({ attempt, signal }: Request<T, R>): Promise<void> {
    const connected = this.#link.whenReady().catch((error: unknown) => {
      throw notConnected(error, attempt, this.#isCluster);
    });
    await this.#calls.track(connected, signal, {
      onAbort: (reason) => outOfTime(reason, { ...attempt, writes: false }),
    });
  }
}

/** What was never sent may be sent now, and what only reads may be read again: once. */
function mayRepeat({ kind }: ConnectionFault, { writes }: Attempt): boolean {
  return kind === 'unsent' || (kind === 'lost' && !writes);
}
