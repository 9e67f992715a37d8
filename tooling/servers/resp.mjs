import { connect } from 'node:net';

/**
 * Sends one command to a Redis and answers its reply, without a client library: for starting and steering servers.
 *
 * @param {number} port on 127.0.0.1
 * @param {readonly (string | number)[]} words
 * @returns {Promise<string>} a status or string as it is; anything else as the protocol has it, line by line
 */
export function ask(port, ...words) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8');
    // Of a server that hangs: one that is slow, or this process, may stand still for seconds.
    socket.setTimeout(30_000, () => socket.destroy(new Error(`no answer to ${words[0]} from port ${port}`)));
    socket.on('error', reject);
    socket.on('data', (text) => {
      answer += text;
      const reply = complete(answer);
      if (reply === null) return;
      socket.destroy();
      if (answer.startsWith('-')) reject(new Error(reply));
      else resolve(reply);
    });
    socket.on('close', () => reject(new Error(`the connection to port ${port} ended before ${words[0]} was answered`)));
    const parts = words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`);
    socket.write(`*${words.length}\r\n${parts.join('')}`);
  });
}

/** The reply, once all of it is there; null before. Arrays are given by their first line: nobody here reads one. */
function complete(answer) {
  const end = answer.indexOf('\r\n');
  if (end < 0) return null;
  const line = answer.slice(1, end);
  if (answer[0] !== '$') return line;
  const body = answer.slice(end + 2);
  return Buffer.byteLength(body) >= Number(line) + 2 ? Buffer.from(body).subarray(0, Number(line)).toString() : null;
}

/**
 * Waits until `condition` holds, asking every 20 ms; a condition that throws doesn't hold yet.
 *
 * @param {string} what for the error when it doesn't in time
 * @param {() => Promise<boolean>} condition
 * @param {number} [timeoutMs] default 30,000
 */
export async function until(what, condition, timeoutMs = 30_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    if (await condition().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
