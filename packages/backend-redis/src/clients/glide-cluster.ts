import type { Clock } from '@circuitry/core';
import { slotOf } from '../connection/cluster-slot.js';
import {
  ConnectionFault,
  type ClientModel,
  type ClusterConnection,
  type ClusterView,
} from '../connection/redis-connection.js';
import { GlideModel } from './glide.js';
import { OwnGlide, glideIdentity, type Glide } from './own-glide.js';

/** A `GlideClusterClient` of the user's (valkey-glide 2.3 or later). */
export class GlideClusterModel implements ClientModel {
  readonly isCluster = true;
  readonly keyPrefix = '';
  readonly listener: ClientModel;
  readonly #client: Glide;
  readonly #clock: Clock;

  constructor(client: Glide, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.listener = new GlideModel(client);
  }

  get isOpen(): boolean {
    return this.#client.config.lazyConnect !== true;
  }

  identity(): string {
    return glideIdentity(this.#client);
  }

  onConnected(): () => void {
    return () => {};
  }

  open(): ClusterConnection {
    return new GlideClusterConnection(this.#client, this.#clock);
  }
}

/** How long what is known of the slots is believed, ms: a slot that moves is followed by the client without a word to us. */
const believedFor = 30_000;

/** Glide follows slots that move and connects its nodes again. */
class GlideClusterConnection implements ClusterConnection, ClusterView {
  readonly cluster: ClusterView = this;
  readonly #own: OwnGlide;
  readonly #clock: Clock;
  /** Where each range of slots ends, in order, and its master. */
  #ranges: readonly Range[] = [];
  #askedAt = -Infinity;
  #isGone = false;
  #onEnd: (why: ConnectionFault) => void = () => {};

  constructor(model: Glide, clock: Clock) {
    this.#own = new OwnGlide(model, null);
    this.#clock = clock;
  }

  get isReady(): boolean {
    return this.#own.isMade && !this.#isGone;
  }

  async connect(): Promise<void> {
    await this.#own.make();
    await this.refresh();
  }

  onEnd(listener: (why: ConnectionFault) => void): void {
    this.#onEnd = listener;
  }

  send(key: string, words: readonly string[]): Promise<unknown> {
    if (this.#clock.now() - this.#askedAt > believedFor) this.#look();
    return this.#run(words, { type: 'primarySlotKey', key });
  }

  serverOf(key: string): string {
    return this.ownerOf(slotOf(key)) ?? '';
  }

  ownerOf(slot: number): string | undefined {
    return this.#rangeWith(({ first, last }) => first <= slot && slot <= last)?.owner;
  }

  /**
   * By a key of one of its slots. What a node is called here is not what the client may have to call it
   * (`addressResolver`), and its route by a slot's number leads to slot 0, whatever the number (2.5.2).
   */
  async sendTo(owner: string, words: readonly string[]): Promise<unknown> {
    const range = this.#rangeWith((each) => each.owner === owner);
    if (range === undefined) throw new ConnectionFault('unsent', 'Error', `The Cluster has no master ${owner}`);
    return this.#run(words, { type: 'primarySlotKey', key: keyIn(range) });
  }

  /** One client listens to all of them: see `GlideClusterModel.listener`. */
  openAt(): null {
    return null;
  }

  async refresh(): Promise<void> {
    this.#askedAt = this.#clock.now();
    this.#ranges = rangesIn(await this.#run(['CLUSTER', 'SLOTS'], 'randomNode'));
  }

  onRefresh(): () => void {
    return () => {};
  }

  async end(): Promise<void> {
    this.#isGone = true;
    await this.#own.end();
  }

  async #run(words: readonly string[], route: unknown): Promise<unknown> {
    try {
      return await this.#own.run((client) => client.customCommand(words, { route }));
    } catch (error) {
      const fault = error as ConnectionFault;
      if (fault.name === 'ClosingError') this.#giveUp(fault);
      // A master may have gone, and another have its slots: the client finds out, and doesn't tell.
      else if (fault.kind !== 'answered') this.#askedAt = -Infinity;
      throw fault;
    }
  }

  #look(): void {
    this.refresh().catch(() => {});
  }

  #rangeWith(isIt: (range: Range) => boolean): Range | undefined {
    return this.#ranges.find(isIt);
  }

  #giveUp(why: ConnectionFault): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#onEnd(why);
  }
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly owner: string;
  key?: string;
}

/** The smallest number that, as a key, falls into that range; each is looked for once. */
function keyIn(range: Range): string {
  for (let number = 0; range.key === undefined; number += 1) {
    const slot = slotOf(String(number));
    if (range.first <= slot && slot <= range.last) range.key = String(number);
  }
  return range.key;
}

/** What CLUSTER SLOTS answers. A master is called by its id: its host may be null, for "the one that you asked". */
function rangesIn(answer: unknown): readonly Range[] {
  const ranges = answer as readonly (readonly [unknown, unknown, readonly [unknown, unknown, unknown]])[];
  return ranges.map(([first, last, [, , id]]) => ({ first: Number(first), last: Number(last), owner: String(id) }));
}
