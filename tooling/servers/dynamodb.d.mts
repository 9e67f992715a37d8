/** What answers: a program of ours, or the server that DYNAMODB_ENDPOINT names. */
export type ServerKind = 'dynoxide' | 'dynalite' | 'endpoint';

export interface DynamoDBServer {
  readonly kind: ServerKind;
  /** Where, for the SDK's `endpoint`. */
  readonly endpoint: string;
  /** Its port on this machine; 0 for a given endpoint. */
  readonly port: number;
  /** What a `new DynamoDBClient(...)` needs to speak to it. */
  readonly clientConfig: {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** Ends what was started, and only that. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** Default: the first of {@link availableServers}. */
  readonly kind?: ServerKind;
  /** Default: a free one. */
  readonly port?: number;
}

/** Which servers can be had here, the preferred one first. */
export function availableServers(): ServerKind[];

/** A file that changes with the version, for each server that is started here; null where it is not installed. */
export function serverFiles(): Readonly<Record<'dynoxide' | 'dynalite', string | null>>;

/** Why a server can't be had here, in words for whoever reads a skipped test; null where it can. */
export function whyUnavailable(kind: ServerKind): string | null;

/** Starts a server on a free port of the loopback interface, in memory. */
export function startDynamoDB(options?: StartOptions): Promise<DynamoDBServer>;
