import { ClosedError, StorageError, withSignal } from '@circuitry/core';

/** SQLSTATEs, by class or whole, that trying again does not mend: rights, passwords, missing tables and databases. */
const permanent = /^(28|3D|42)/;

/** Runs statements on the pool of whoever uses this: bounded by their signal, with errors that say what happened. */
export class Connections {
  #pool;
  #closing = new AbortController();

  constructor(pool) {
    this.#pool = pool;
    // An idle connection that breaks makes an error event, and one that nobody hears ends the process.
    pool.on('error', ignore);
  }

  /** Throws what a call that comes too late, or was aborted before, is to reject with. */
  refuseIfOver(signal) {
    this.#closing.signal.throwIfAborted();
    signal?.throwIfAborted();
  }

  /** @returns the rows that the statement answers */
  async run(call, statement, values) {
    this.refuseIfOver(call.signal);
    const client = await this.#connect(call);
    client.on('error', ignore);
    let isUsable = false;
    try {
      const { rows } = await this.#bounded(client.query(statement, values), call, call.writes);
      isUsable = true;
      return rows;
    } catch (error) {
      isUsable = isRefusal(error);
      throw failureOf(call, error, call.writes && !isUsable);
    } finally {
      client.off('error', ignore);
      // A connection whose answer nobody waited for would hand it to the next caller, or keep them waiting.
      client.release(!isUsable);
    }
  }

  /** The pool stays: it is not ours. */
  close() {
    this.#closing.abort(new ClosedError('This PostgresBackend'));
    this.#pool.off('error', ignore);
  }

  async #connect(call) {
    const connecting = this.#pool.connect();
    try {
      return await this.#bounded(connecting, call, false);
    } catch (error) {
      connecting.then((client) => client.release(), ignore);
      throw failureOf(call, error, false);
    }
  }

  #bounded(promise, call, ambiguous) {
    const late = (reason) => failure(call, 'its signal was aborted before PostgreSQL answered', reason, ambiguous);
    return withSignal(withSignal(promise, call.signal, late), this.#closing.signal);
  }
}

function failureOf(call, error, ambiguous) {
  if (error instanceof StorageError || error instanceof ClosedError) return error;
  return failure(call, error.message || error.code, error, ambiguous);
}

function failure({ what }, why, cause, ambiguous) {
  const retriable = !permanent.test(cause?.code ?? '');
  const advice = retriable ? 'The same call may succeed a little later.' : 'Mend that before anybody tries again.';
  return new StorageError(`PostgreSQL could not ${what}: ${why}. ${advice}`, { cause, ambiguous, retriable });
}

/** Whether the server said no to this statement and nothing else: it was rolled back, and the connection is sound. */
function isRefusal(error) {
  return error?.severity === 'ERROR';
}

export function ignore() {
  // What fails here is told by the call that it happened to.
}
