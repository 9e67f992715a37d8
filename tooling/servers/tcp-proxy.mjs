// A TCP proxy between a client and a server that does what networks do: delays, loses replies, cuts, freezes.
import { connect, createServer } from 'node:net';

/**
 * @param {number} targetPort on 127.0.0.1
 * @returns {Promise<import('./tcp-proxy.d.mts').TcpProxy>}
 */
export async function startTcpProxy(targetPort) {
  const pairs = new Set();
  let mode = 'pass';
  let delayMs = 0;
  let refusing = false;
  let losing = false;
  const held = [];
  /** Called with each chunk that the server sends; true: it is dropped. */
  let dropReply = () => false;

  const forward = (from, to, isReply) => {
    // What is on its way, in order: a delay that gets shorter must not let a later chunk overtake.
    const late = [];
    from.on('data', (chunk) => {
      if (isReply && losing) from.destroy();
      if (isReply && (losing || dropReply(chunk))) return;
      const send = () => {
        if (mode === 'frozen') held.push(send);
        else if (!to.destroyed) to.write(chunk);
      };
      if (delayMs === 0 && late.length === 0) send();
      else {
        late.push(send);
        setTimeout(() => late.shift()(), delayMs);
      }
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  };

  const server = createServer((client) => {
    if (refusing) {
      client.destroy();
      return;
    }
    const upstream = connect(targetPort, '127.0.0.1');
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    const pair = { client, upstream };
    pairs.add(pair);
    client.once('close', () => pairs.delete(pair));
    forward(client, upstream, false);
    forward(upstream, client, true);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

  const cut = () => {
    for (const { client, upstream } of pairs) {
      client.destroy();
      upstream.destroy();
    }
  };
  return {
    port: server.address().port,
    get connections() {
      return pairs.size;
    },
    /** How many chunks a freeze holds back now. */
    get held() {
      return held.length;
    },
    /** Every chunk, in both directions, comes `ms` later. */
    delay(ms) {
      delayMs = ms;
    },
    /** Nothing passes in either direction, and nobody is told; `thaw` lets it all through. */
    freeze() {
      mode = 'frozen';
    },
    thaw() {
      mode = 'pass';
      for (const send of held.splice(0)) send();
    },
    /** Drops the server's next `count` chunks for which `matches` holds, then cuts the connections. */
    loseReply(count = 1, matches = () => true) {
      let left = count;
      return new Promise((resolve) => {
        dropReply = (chunk) => {
          if (left <= 0 || !matches(chunk)) return false;
          left -= 1;
          if (left === 0) {
            dropReply = () => false;
            setImmediate(() => {
              cut();
              resolve();
            });
          }
          return true;
        };
      });
    },
    /** Until told otherwise what goes to the server gets there, and what it answers is dropped with its connection. */
    loseReplies(on = true) {
      losing = on;
    },
    cut,
    /** Ends every connection, and refuses new ones until told otherwise. */
    refuse(on = true) {
      refusing = on;
      if (on) cut();
    },
    async stop() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
