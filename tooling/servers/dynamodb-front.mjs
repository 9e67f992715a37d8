// An HTTP front before a DynamoDB server: it passes requests on, and answers some of them as DynamoDB does on a bad day.
import { Agent, createServer, request as httpRequest } from 'node:http';

/** @typedef {import('./dynamodb-front.d.mts').Fault} Fault */
/** @typedef {import('./dynamodb-front.d.mts').AskedRequest} AskedRequest */

/**
 * @param {number} targetPort on 127.0.0.1
 * @returns {Promise<import('./dynamodb-front.d.mts').DynamoDBFront>}
 */
export async function startDynamoDBFront(targetPort) {
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set();
  /** @type {(asked: AskedRequest) => Fault | null} */
  let rule = () => null;
  let requests = 0;
  let signedAt = NaN;

  const server = createServer({ keepAliveTimeout: 600_000 }, (incoming, response) => {
    requests += 1;
    signedAt = momentOf(String(incoming.headers['x-amz-date']));
    const parts = /** @type {Buffer[]} */ ([]);
    for (const stream of [incoming, response]) stream.on('error', () => {});
    incoming.on('data', (part) => parts.push(part));
    incoming.on('end', () => {
      const body = Buffer.concat(parts);
      const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? 'unknown';
      const fault = rule({ operation, body: body.toString() }) ?? {};
      void serve(fault, incoming, body, response).catch(() => response.destroy());
    });
  });

  /**
   * @param {Fault} fault
   * @param {import('node:http').IncomingMessage} incoming
   * @param {Buffer} body
   * @param {import('node:http').ServerResponse} response
   */
  async function serve(fault, incoming, body, response) {
    if (fault.cut === 'before') {
      incoming.socket.destroy();
      return;
    }
    const answer = fault.answer === undefined ? await passOn(incoming, body) : forged(fault.answer);
    await fault.hold?.();
    if (fault.cut === 'after') {
      incoming.socket.destroy();
      return;
    }
    const headers = { ...answer.headers, 'content-length': String(answer.body.length) };
    for (const name of ['connection', 'transfer-encoding', 'keep-alive', 'date']) delete headers[name];
    const isMeant = fault.onlyStatus === undefined || fault.onlyStatus === answer.status;
    const date = dateOf(isMeant ? fault.date : 0);
    response.sendDate = false;
    response.writeHead(answer.status, date === null ? headers : { ...headers, date });
    if (fault.cut !== 'within') {
      response.end(answer.body);
      return;
    }
    response.write(answer.body.subarray(0, answer.body.length >> 1), () => incoming.socket.destroy());
  }

  /**
   * @param {import('node:http').IncomingMessage} incoming
   * @param {Buffer} body
   * @returns {Promise<{ status: number, headers: Record<string, any>, body: Buffer }>}
   */
  function passOn({ method, url, headers }, body) {
    return new Promise((resolve, reject) => {
      const target = { host: '127.0.0.1', port: targetPort, method, path: url, headers, agent };
      const passing = httpRequest(target, (answer) => {
        const parts = /** @type {Buffer[]} */ ([]);
        answer.on('data', (part) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: Buffer.concat(parts) }),
        );
      });
      passing.on('error', reject);
      passing.end(body);
    });
  }

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    get signedAt() {
      return signedAt;
    },
    faultWhere(next) {
      rule = next;
    },
    pass() {
      rule = () => null;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param {NonNullable<Fault['answer']>} answer */
function forged({ status, error, body, headers = {} }) {
  const text =
    error === undefined
      ? (body ?? '{}')
      : JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${error}`, message: `a message of ${error}` });
  const own = error === undefined ? {} : { 'content-type': 'application/x-amz-json-1.0' };
  return { status, headers: { ...own, ...headers }, body: Buffer.from(text) };
}

/** Of `20261127T030517Z`. @param {string} text */
function momentOf(text) {
  return Date.parse(text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** @param {Fault['date']} date */
function dateOf(date) {
  if (date === null) return null;
  if (typeof date === 'string') return date;
  return new Date(Date.now() + (date ?? 0)).toUTCString();
}
