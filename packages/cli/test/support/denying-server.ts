import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to a DynamoDB on which IAM refuses some operations: emulators know no rights. */
export interface DenyingServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Passes everything on to a real server, but for these operations, which it refuses in AWS's words. */
export async function denying(endpoint: string, operations: readonly string[]): Promise<DenyingServer> {
  const target = new URL(endpoint);
  const server = createServer((incoming, answer) => {
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
    if (operations.includes(operation)) {
      incoming.resume();
      answer.writeHead(400, { 'content-type': 'application/x-amz-json-1.0', date: new Date().toUTCString() });
      answer.end(
        JSON.stringify({
          __type: 'com.amazon.coral.service#AccessDeniedException',
          Message: `User: arn:aws:iam::1:user/x is not authorized to perform: dynamodb:${operation}`,
        }),
      );
      return;
    }
    const { method, url: path, headers } = incoming;
    const onward = request(
      { host: target.hostname, port: target.port, method, path, headers },
      (reply: IncomingMessage) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      },
    );
    onward.once('error', () => answer.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
