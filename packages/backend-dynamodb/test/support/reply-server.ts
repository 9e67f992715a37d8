import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/** What a {@link ReplyServer} answers one request with. */
export interface Reply {
  readonly status: number;
  /** `name` of the error, as DynamoDB has it; undefined: no error. */
  readonly error?: string;
  readonly message?: string;
  /** The body, where it is no error's. */
  readonly body?: string;
  readonly headers?: Record<string, string>;
  /** It never comes. */
  readonly hangs?: boolean;
}

/**
 * A real HTTP server that speaks DynamoDB's protocol of replies, for those that no emulator gives: throttling, expired
 * credentials, denied access, faults of AWS's own. The SDK that talks to it is the real one.
 */
export interface ReplyServer {
  readonly requests: number;
  /** The operations asked for, in order: `'GetItem'`, … */
  readonly operations: readonly string[];
  /** What the coming requests are answered with, in order; the last one goes on for ever. */
  answerWith(...replies: Reply[]): void;
  client(config?: DynamoDBClientConfig): DynamoDBClient;
  close(): Promise<void>;
}

export async function startReplyServer(): Promise<ReplyServer> {
  let replies: Reply[] = [];
  const operations: string[] = [];
  const clients: DynamoDBClient[] = [];
  const server = createServer((request, response) => {
    const [, operation = 'unknown'] = String(request.headers['x-amz-target']).split('.');
    operations.push(operation);
    const reply = replies.length > 1 ? (replies.shift() as Reply) : (replies[0] as Reply);
    void answer(request, response, reply);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    get requests() {
      return operations.length;
    },
    operations,
    answerWith: (...next) => {
      replies = next;
      operations.length = 0;
    },
    client: (config = {}) => {
      const client = new DynamoDBClient({
        region: 'eu-central-1',
        endpoint: `http://127.0.0.1:${port}`,
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        ...config,
      });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  for await (const _chunk of request) {
    // A client may not see a reply that comes before its request was read.
  }
  if (reply.hangs === true) return;
  const body =
    reply.error === undefined
      ? (reply.body ?? '{}')
      : JSON.stringify({
          __type: `com.amazonaws.dynamodb.v20120810#${reply.error}`,
          message: reply.message ?? `a message of ${reply.error}`,
        });
  response.writeHead(reply.status, { 'content-type': 'application/x-amz-json-1.0', ...reply.headers });
  response.end(body);
}
