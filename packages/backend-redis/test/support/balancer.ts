import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between clients and a server, and forgets connections without a word, as a NAT or a balancer does. */
export interface Balancer {
  readonly port: number;
  /** From now on nothing passes over the connections that there are; new ones work. */
  forget(): void;
  stop(): void;
}

export async function startBalancer(port: number): Promise<Balancer> {
  const pairs: [Socket, Socket][] = [];
  const server = createServer((down) => {
    const up = connect(port, '127.0.0.1');
    down.pipe(up);
    up.pipe(down);
    for (const socket of [down, up]) socket.on('error', () => {});
    pairs.push([down, up]);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    forget() {
      for (const [down, up] of pairs) {
        down.unpipe(up);
        up.unpipe(down);
        down.resume();
        up.resume();
      }
    },
    stop() {
      server.close();
      for (const socket of pairs.flat()) socket.destroy();
    },
  };
}
