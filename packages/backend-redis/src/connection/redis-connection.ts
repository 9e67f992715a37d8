/**
 * What this package needs of a Redis client. Each client library has a file of its own that gives it.
 *
 * The user's client is only a model: its options say where the server is and who we are. Every connection is opened by
 * this package, with those options as they are at that moment, and it never comes back by itself: `Link` opens another.
 * So no command is ever sent twice, a new password or host is taken up, and nobody else's commands are in the way.
 */
export interface RedisConnection {
  /** Settles once commands can be sent; rejects with a {@link ConnectionFault} if they never will. Called once. */
  connect(): Promise<void>;
  /** Whether a command sent now goes out now. */
  readonly isReady: boolean;
  /** `listener` is called once when a connection that stood is of no more use; not after {@link RedisConnection.end}. */
  onEnd(listener: (why: ConnectionFault) => void): void;
  /**
   * Sends one command, once. Rejects with a {@link ConnectionFault}.
   *
   * @param key decides which master of a Cluster it goes to
   */
  send(key: string, words: readonly string[]): Promise<unknown>;
  /** Something that is the same for keys of one server: a Cluster's masters fail one by one. */
  serverOf(key: string): string;
  /** Ends it, and waits until nothing of it is left. */
  end(): Promise<void>;
}

/** A connection to one server: only such a one can listen. */
export interface ServerConnection extends RedisConnection {
  readonly cluster: null;
  /** Settles once the server has confirmed it. */
  subscribe(channel: string, onMessage: OnMessage): Promise<void>;
  /** The same for a sharded channel. */
  subscribeShard(channel: string, onMessage: OnMessage): Promise<void>;
  /** Called when the server gives a subscribed sharded channel away. */
  onMoved(listener: () => void): void;
}

/** Connections to a Cluster. */
export interface ClusterConnection extends RedisConnection {
  /**
   * Resolves once the key's server is connected, or another try to connect it has failed. Left out: the client sees to that
   * by itself.
   */
  whenConnected?(key: string): Promise<void>;
  readonly cluster: ClusterView;
}

/** What is known of a Cluster. */
export interface ClusterView {
  /** The master of a slot, by what is known now; any text that names one, undefined where none is known. */
  ownerOf(slot: number): string | undefined;
  /** Sends a command to the master of that name. */
  sendTo(owner: string, words: readonly string[]): Promise<unknown>;
  /** A new connection to the master of that name, not connected yet; null where it is not known. */
  openAt(owner: string): ServerConnection | null;
  /** Asks the Cluster again who owns what. */
  refresh(): Promise<void>;
  /** `listener` is called when somebody else has asked; undo with what it answers. */
  onRefresh(listener: () => void): () => void;
}

export type OnMessage = (text: string) => void;

/** The user's client, as far as we look at it. */
export interface ClientModel {
  readonly isCluster: boolean;
  /** What the user's client puts before every key; our connections don't, so our own prefix must. */
  readonly keyPrefix: string;
  /** Where and who: another text once the user gave the client another host, user or password. It holds secrets. */
  identity(): string;
  /** Whether its owner has it connected, or it tries to be: a client that is still to be used opens nothing. */
  readonly isOpen: boolean;
  /** `listener` is called each time the user's client has connected; undo with what it answers. */
  onConnected(listener: () => void): () => void;
  /** A new connection with the client's options as they are now, not connected yet. */
  open(): ServerConnection | ClusterConnection;
  /** Opens one connection that listens to the sharded channels of all masters; left out: each master needs its own. */
  readonly listener?: ClientModel;
}

/** What became of a command that failed. */
export type FaultKind =
  /** The server answered, with an error: the command did nothing. */
  | 'answered'
  /** It never left this process. */
  | 'unsent'
  /** Nobody knows whether the server ran it. */
  | 'lost';

/** Whatever a client library threw, without what it knows of commands and passwords. */
export class ConnectionFault extends Error {
  readonly kind: FaultKind;
  /** As in `ECONNREFUSED`, where there is one. */
  readonly code?: string;

  constructor(kind: FaultKind, name: string, message: string, code?: string) {
    super(message);
    this.name = name;
    this.kind = kind;
    if (code !== undefined) this.code = code;
  }
}
