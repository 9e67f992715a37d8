import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A real HTTP server for one test. */
export interface TestServer {
  readonly url: string;
  readonly origin: string;
  /** How many requests came. */
  readonly requests: number;
  readonly close: () => Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function serve(answer: Answer): Promise<TestServer> {
  let requests = 0;
  const server = http.createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/`,
    origin,
    get requests() {
      return requests;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers a status, with a short body. */
export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (request, response) => {
    request.resume();
    response.writeHead(code, headers).end(code === 204 ? undefined : `status ${code}`);
  };
}

/** Good headers and the beginning of a body, then a broken connection. */
export const breakOff: Answer = (request, response) => {
  request.resume();
  response.writeHead(200, { 'content-length': '1000' });
  response.write('the beginning', () => response.destroy());
};

/** Good headers and the beginning of a body, then nothing more. */
export const stall: Answer = (request, response) => {
  request.resume();
  response.writeHead(200, { 'content-length': '1000' });
  response.write('the beginning');
};
