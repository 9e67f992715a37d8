/** A TCP proxy that does what networks do; see tcp-proxy.mjs. */
export interface TcpProxy {
  readonly port: number;
  readonly connections: number;
  /** How many chunks a freeze holds back now. */
  readonly held: number;
  /** Every chunk, in both directions, comes `ms` later. */
  delay(ms: number): void;
  /** Nothing passes in either direction, and nobody is told; `thaw` lets it all through. */
  freeze(): void;
  thaw(): void;
  /** Drops the server's next `count` chunks for which `matches` holds, then cuts the connections. Settles then. */
  loseReply(count?: number, matches?: (chunk: Buffer) => boolean): Promise<void>;
  /** Until `loseReplies(false)` requests get there, and what the server sends is dropped with its connection. */
  loseReplies(on?: boolean): void;
  cut(): void;
  /** Ends every connection, and refuses new ones until `refuse(false)`. */
  refuse(on?: boolean): void;
  stop(): Promise<void>;
}

export function startTcpProxy(targetPort: number): Promise<TcpProxy>;
