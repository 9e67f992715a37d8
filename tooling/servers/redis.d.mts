/** One running server; see redis.mjs. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  /** The end of what it printed. */
  readonly log: string;
  ask(...words: (string | number)[]): Promise<string>;
  /** Again, with the same port and an empty store. */
  start(): Promise<void>;
  /** Default SIGKILL. SIGSTOP freezes it, SIGCONT lets it go on. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

export interface RedisClusterServers {
  /** Masters first, then the replicas in the order of their masters. */
  readonly nodes: readonly RedisServer[];
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

export interface RedisSentinelServers {
  readonly name: string;
  readonly primary: RedisServer;
  readonly replicas: readonly RedisServer[];
  readonly sentinels: readonly RedisServer[];
  readonly sentinelPorts: readonly number[];
  currentPrimary(): Promise<RedisServer>;
  stop(): Promise<void>;
}

interface ServerOptions {
  readonly args?: readonly string[];
  readonly server?: string;
}

export function redisServer(): { readonly path: string } | { readonly missing: string };
export function valkeyServer(): { readonly path: string } | { readonly missing: string };
export function startRedis(
  options?: ServerOptions & { readonly port?: number; readonly env?: Readonly<Record<string, string>> },
): Promise<RedisServer>;
export function startCluster(
  options?: ServerOptions & { readonly masters?: number; readonly replicas?: number; readonly failsOver?: boolean },
): Promise<RedisClusterServers>;
export function startSentinel(
  options?: ServerOptions & {
    readonly replicas?: number;
    readonly downAfter?: number;
    readonly replicaEnv?: Readonly<Record<string, string>>;
  },
): Promise<RedisSentinelServers>;
export function freePort(): Promise<number>;
export function ask(port: number, ...words: (string | number)[]): Promise<string>;
export function until(what: string, condition: () => Promise<boolean>, timeoutMs?: number): Promise<void>;
