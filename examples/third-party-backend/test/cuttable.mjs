import { connect, createServer } from 'node:net';

/** A way to a server that can be cut, as networks are: what is on it breaks off, and nobody else gets through. */
export class CuttableWay {
  #target;
  #server;
  #sockets = new Set();
  port = 0;

  /** @param target as `net.connect` takes it */
  constructor(target) {
    this.#target = target;
  }

  async open() {
    this.#server = createServer((socket) => {
      const onwards = connect(this.#target);
      this.#join(socket, onwards);
      this.#join(onwards, socket);
    });
    await new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
    this.port = this.#server.address().port;
  }

  async cut() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(from, to) {
    this.#sockets.add(from);
    from.pipe(to);
    from.on('error', () => {});
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
