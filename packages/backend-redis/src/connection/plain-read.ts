import type { ServerConnection } from './redis-connection.js';

/** What GET answered, and what TIME did just before it. */
export interface PlainReply {
  readonly value: unknown;
  readonly time: unknown;
}

/** The server's clock, as one TIME will have told it. */
interface Clock {
  time: unknown;
  readonly told: Promise<void>;
}

/** The clock that is asked in this turn of the event loop, on each connection. */
const asked = new WeakMap<ServerConnection, Clock>();

/**
 * Reads a key and the server's clock in one round trip, by GET and TIME. A script that asks for both costs the server four
 * times as much.
 *
 * All that is read in one turn of the event loop shares a TIME, which is sent before: the answer's clock is never later
 * than its value.
 */
export function readWithClock(connection: ServerConnection, key: string): Promise<PlainReply> {
  const clock = asked.get(connection) ?? ask(connection);
  return connection.send(key, ['get', key]).then((value) => {
    // Answers come in order, so it is known by now; but no client library promises it.
    const reply = (): PlainReply => ({ value, time: clock.time });
    return clock.time === undefined ? clock.told.then(reply) : reply();
  });
}

function ask(connection: ServerConnection): Clock {
  const clock: Clock = {
    time: undefined,
    told: connection.send('', ['time']).then((time) => void (clock.time = time)),
  };
  // Whoever waits for it hears of it; else nobody has to.
  clock.told.catch(() => {});
  asked.set(connection, clock);
  process.nextTick(() => asked.delete(connection));
  return clock;
}
