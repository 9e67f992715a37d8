import {
  ConnectionFault,
  type ClientModel,
  type OnMessage,
  type ServerConnection,
} from '../connection/redis-connection.js';
import { OwnGlide, glideIdentity, type Glide } from './own-glide.js';

/** A `GlideClient` of the user's; or a `GlideClusterClient`, as what listens to a whole Cluster over one client. */
export class GlideModel implements ClientModel {
  readonly isCluster = false;
  /** It has none. */
  readonly keyPrefix = '';
  readonly #client: Glide;

  constructor(client: Glide) {
    this.#client = client;
  }

  /** It is made by connecting. */
  get isOpen(): boolean {
    return this.#client.config.lazyConnect !== true;
  }

  identity(): string {
    return glideIdentity(this.#client);
  }

  /** It has no events: what has changed is taken up by the next connection. */
  onConnected(): () => void {
    return () => {};
  }

  open(): ServerConnection {
    return new GlideConnection(this.#client);
  }
}

/** The longest that a server may take to confirm a channel, ms. */
const patience = 5_000;

/** One client of ours that was asked for one server, or that listens to a Cluster. */
class GlideConnection implements ServerConnection {
  readonly cluster = null;
  readonly #own: OwnGlide;
  readonly #listeners = new Map<string, OnMessage>();
  #answers = 0;
  /** A command ran out of time while nothing else was answered: glide may be without a connection, and waiting for one. */
  #isSilent = false;
  #isGone = false;
  #onEnd: (why: ConnectionFault) => void = () => {};

  constructor(model: Glide) {
    this.#own = new OwnGlide(model, {
      onMessage: ({ channel, message }) => this.#listeners.get(String(channel))?.(String(message)),
      onResubscribed: () =>
        this.#giveUp(new ConnectionFault('lost', 'Error', 'The connection for messages was another')),
    });
  }

  get isReady(): boolean {
    return this.#own.isMade && !this.#isGone && !this.#isSilent;
  }

  connect(): Promise<void> {
    return this.#own.make();
  }

  onEnd(listener: (why: ConnectionFault) => void): void {
    this.#onEnd = listener;
  }

  async send(_key: string, words: readonly string[]): Promise<unknown> {
    const before = this.#answers;
    try {
      const answer = await this.#own.run((client) => client.customCommand(words));
      this.#noteAnswer();
      return answer;
    } catch (error) {
      this.#note(error as ConnectionFault, before);
      throw error;
    }
  }

  serverOf(): string {
    return '';
  }

  async subscribe(channel: string, onMessage: OnMessage): Promise<void> {
    this.#listeners.set(channel, onMessage);
    await this.#own.subscribe(1, (client) => client.subscribe([channel], patience));
  }

  /** Only a client to a Cluster has these. */
  async subscribeShard(channel: string, onMessage: OnMessage): Promise<void> {
    this.#listeners.set(channel, onMessage);
    await this.#own.subscribe(1, (client) => client.ssubscribe?.([channel], patience));
  }

  /** It follows channels that move, and is given up then. */
  onMoved(): void {}

  async end(): Promise<void> {
    this.#isGone = true;
    await this.#own.end();
  }

  #noteAnswer(): void {
    this.#answers += 1;
    this.#isSilent = false;
  }

  #note(fault: ConnectionFault, answersBefore: number): void {
    if (fault.kind === 'answered') this.#noteAnswer();
    else if (fault.name === 'TimeoutError') this.#isSilent ||= this.#answers === answersBefore;
    else this.#giveUp(fault);
  }

  #giveUp(why: ConnectionFault): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#onEnd(why);
  }
}
