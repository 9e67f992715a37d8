import { connect, createServer } from 'node:net';

/** A way to a server on which happens what happens to networks: to everybody who is on it, and to nobody else. */
export class CuttableWay {
  #target;
  #server;
  #sockets = new Set();
  #isHanging = false;
  #isLosing = false;
  port = 0;

  /** @param target as `net.connect` takes it */
  constructor(target) {
    this.#target = target;
  }

  async open() {
    this.#server = createServer((socket) => {
      const onwards = connect(this.#target);
      this.#join(socket, onwards, false);
      this.#join(onwards, socket, true);
    });
    await new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
    this.port = this.#server.address().port;
  }

  /** What is on it breaks off, and nobody else gets through. */
  async cut() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Everything stays as it is and nothing passes, in either direction. */
  hang() {
    this.#isHanging = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** What goes to the server gets there. What it answers is dropped, and the connection with it. */
  loseReplies() {
    this.#isLosing = true;
  }

  /** Everything passes again; what was held up comes now. */
  async mend() {
    this.#isLosing = false;
    this.#isHanging = false;
    for (const socket of this.#sockets) socket.resume();
    if (!this.#server.listening) await this.open();
  }

  #join(from, to, isAnswer) {
    this.#sockets.add(from);
    from.on('data', (chunk) => {
      if (isAnswer && this.#isLosing) from.destroy();
      else to.write(chunk);
    });
    if (this.#isHanging) from.pause();
    from.on('end', () => to.end());
    from.on('error', () => {});
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
