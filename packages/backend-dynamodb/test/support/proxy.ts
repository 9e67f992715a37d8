import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP relay before a server: what a network does to a client, on purpose. */
export interface Proxy {
  readonly port: number;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Lets connections in again, on the same port. */
  mend(): Promise<void>;
  /** From now on requests reach the server, and the answers to the next `count` are lost with their connections. */
  loseAnswers(count: number): void;
  /** From now on nothing passes in either direction, and connections stay open: a black hole. */
  stall(): void;
  /** Ends the stall; what was held back stays lost. */
  unstall(): void;
  close(): Promise<void>;
}

export async function startProxy(targetPort: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let toLose = 0;
  let stalled = false;
  const relay = (client: Socket): void => {
    const server = connect(targetPort, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (!stalled) server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (stalled) return;
      if (toLose > 0) {
        toLose -= 1;
        client.destroy();
        return;
      }
      client.write(chunk);
    });
  };
  let listener = await listen(relay, 0);
  const port = (listener.address() as AddressInfo).port;
  const cut = async (): Promise<void> => {
    const closed = new Promise((resolve) => listener.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port,
    cut,
    mend: async () => {
      listener = await listen(relay, port);
    },
    loseAnswers: (count) => {
      toLose = count;
    },
    stall: () => {
      stalled = true;
    },
    unstall: () => {
      stalled = false;
      for (const socket of sockets) socket.destroy();
    },
    close: cut,
  };
}

function listen(relay: (client: Socket) => void, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(relay);
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
