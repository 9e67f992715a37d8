import type { Clock } from '@circuitry/core';
import type { Link } from '../connection/link.js';
import { ConnectionFault, type ClusterView, type OnMessage } from '../connection/redis-connection.js';
import { within } from '../time/within.js';
import { NodeSubscription } from './node-subscription.js';
import type { ShardChannels } from './shard-channels.js';

/** What a {@link ClusterSubscription} is made of. */
export interface ClusterSubscriptionOptions {
  /** The connections that commands go over: they know who owns what. */
  readonly link: Link;
  /** What transitions are published on where their master has none of the sharded channels. */
  readonly channel: string;
  readonly shardChannels: ShardChannels;
  readonly clock: Clock;
  readonly onMessage: OnMessage;
  /** Messages may have been lost; from now on they come again. */
  readonly onGap: () => void;
}

/** How long after a failure the Cluster is looked at again, ms. */
const mendAfter = 200;
/** The longest that looking may take, ms. */
const patience = 5_000;
/** How often each connection is asked whether it still listens, ms. */
const checkEvery = 5_000;

/**
 * One connection per master of a Cluster; each listens to the sharded channels that live there, and one of them to the
 * ordinary channel. It follows slots that move and masters that fail over, until it is stopped.
 *
 * A server drops a subscriber of a slot that it gives away, and whoever comes to the wrong node is refused. So a channel
 * of a connection that stands is one that every publisher reaches; each time one stands anew it says that there may be
 * a gap.
 */
export class ClusterSubscription {
  /** Settles once every master has confirmed its channels. */
  readonly started: Promise<void>;
  readonly #options: ClusterSubscriptionOptions;
  readonly #nodes = new Map<string, NodeSubscription>();
  readonly #ending = new Set<Promise<void>>();
  /** Which of the masters has the ordinary channel: the fleet's are spread over all of them. */
  #share = Math.random();
  /** Whether every sharded channel has a master that is known, and connected. */
  #isWhole = false;
  #isStarted = false;
  #isStopped = false;
  #cancelMending: (() => void) | null = null;
  #cancelCheck = (): void => {};
  /** What is followed, and how that is undone: another one once the link has other connections. */
  #followed: ClusterView | null = null;
  #stopFollowing = (): void => {};

  constructor(options: ClusterSubscriptionOptions) {
    this.#options = options;
    this.started = this.#start();
    this.started.catch(() => {});
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelMending?.();
    this.#cancelCheck();
    this.#stopFollowing();
    for (const key of [...this.#nodes.keys()]) this.#drop(key);
    await Promise.all(this.#ending);
  }

  async #start(): Promise<void> {
    await this.#options.link.whenReady();
    try {
      await this.#openAll().catch(() => this.#refresh().then(() => this.#openAll()));
    } catch (error) {
      await this.stop();
      throw error;
    }
    if (this.#isStopped) return;
    this.#isStarted = true;
    this.#checkLater();
    // What broke while others were opened.
    this.#follow();
  }

  async #openAll(): Promise<void> {
    this.#follow();
    if (!this.#isWhole) throw new ConnectionFault('unsent', 'Error', 'Not every master of the Cluster is connected');
    await Promise.all([...this.#nodes.values()].map((node) => node.opened));
  }

  /** Makes the connections what the slot map asks for. Those that are so already go on undisturbed. */
  readonly #follow = (): void => {
    if (this.#isStopped) return;
    const view = this.#view();
    if (view === null) return this.#mendLater();
    const { channel, shardChannels } = this.#options;
    const wanted = new Map<string, string[]>();
    this.#isWhole = true;
    for (const { channel: name, slot } of shardChannels.all) {
      const owner = view.ownerOf(slot);
      if (owner === undefined) this.#isWhole = false;
      else wanted.set(owner, [...(wanted.get(owner) ?? []), name]);
    }
    const bearer = [...wanted.keys()].sort()[Math.floor(this.#share * wanted.size)];
    for (const [key, node] of this.#nodes) {
      const names = wanted.get(key);
      if (names === undefined || !node.listensTo(names, key === bearer ? channel : null)) this.#drop(key);
    }
    for (const [key, names] of wanted) {
      if (!this.#nodes.has(key)) this.#open(view, key, names, key === bearer ? channel : null);
    }
  };

  /** What is known of the Cluster now; null while there is no connection. */
  #view(): ClusterView | null {
    const view = this.#options.link.ready?.cluster ?? null;
    if (view !== null && view !== this.#followed) {
      this.#stopFollowing();
      this.#followed = view;
      this.#stopFollowing = view.onRefresh(this.#follow);
    }
    return view;
  }

  #open(view: ClusterView, key: string, shardChannels: readonly string[], channel: string | null): void {
    const { clock, onMessage, onGap } = this.#options;
    const connection = view.openAt(key);
    if (connection === null) {
      this.#isWhole = false;
      return this.#mendLater();
    }
    const subscription = new NodeSubscription({ connection, shardChannels, channel, clock, onMessage });
    this.#nodes.set(key, subscription);
    const isMine = (): boolean => this.#nodes.get(key) === subscription;
    const replace = (): void => {
      if (!isMine()) return;
      this.#drop(key);
      if (channel !== null) this.#share = Math.random();
      this.#mendLater();
    };
    subscription.opened.then(() => {
      if (isMine() && this.#isStarted) onGap();
    }, replace);
    void subscription.broken.then(replace);
  }

  #drop(key: string): void {
    const ending = this.#nodes.get(key)?.close();
    this.#nodes.delete(key);
    if (ending === undefined) return;
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }

  #mendLater(): void {
    // Until the first time that all stand, whoever waits for that tries again.
    if (this.#isStopped || !this.#isStarted || this.#cancelMending !== null) return;
    const mend = (): void => {
      this.#cancelMending = null;
      this.#refresh().then(this.#follow, () => this.#mendLater());
    };
    this.#cancelMending = this.#options.clock.after(mendAfter, mend, { background: true });
  }

  #checkLater(): void {
    const check = (): void => {
      for (const node of this.#nodes.values()) node.check();
      if (this.#view() === null) this.#isWhole = false;
      if (!this.#isWhole) this.#mendLater();
      this.#checkLater();
    };
    this.#cancelCheck = this.#options.clock.after(checkEvery, check, { background: true });
  }

  async #refresh(): Promise<void> {
    await this.#options.link.whenReady();
    // What hangs is not waited for: it is tried again.
    const refreshed = this.#view()?.refresh();
    if (refreshed !== undefined) await within(refreshed, this.#options.clock, patience);
  }
}
