/** A request as a rule sees it. */
export interface AskedRequest {
  /** `'GetItem'`, … */
  readonly operation: string;
  /** The request's JSON. */
  readonly body: string;
}

/** What is wrong with one answer; what is not said is right. */
export interface Fault {
  /** Given in place of the server's answer; the server is not asked then. */
  readonly answer?: {
    readonly status: number;
    /** The name of an error of DynamoDB's. */
    readonly error?: string;
    /** The body, where it is no error's. Default `{}`. */
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** Called before the answer is sent, which waits for it; the server has done by then what it was asked for. */
  readonly hold?: () => Promise<unknown>;
  /** The connection is cut before the server is asked, in place of its answer, or within it. */
  readonly cut?: 'before' | 'after' | 'within';
  /** The `Date` of the answer: a text, by how many ms the clock is off that it comes from, or null for none. */
  readonly date?: string | number | null;
  /** Only an answer of this status has that date. */
  readonly onlyStatus?: number;
}

export interface DynamoDBFront {
  readonly port: number;
  readonly endpoint: string;
  /** How many requests came so far. */
  readonly requests: number;
  /** When the last of them was signed, ms since the epoch. */
  readonly signedAt: number;
  /** Asked of each request that comes: its fault, or null for none. */
  faultWhere(rule: (asked: AskedRequest) => Fault | null): void;
  /** From now on all is right. */
  pass(): void;
  stop(): Promise<void>;
}

/** Starts a front before the DynamoDB server on that port of 127.0.0.1. */
export function startDynamoDBFront(targetPort: number): Promise<DynamoDBFront>;
