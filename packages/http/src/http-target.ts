/** A request, as `circuit` and `context` see it. Its body is never touched. */
export interface HttpTarget {
  /** The whole URL. */
  readonly url: string;
  /** Scheme, host and port: `https://api.example.com`. */
  readonly origin: string;
  /** The host without its port: `api.example.com`. */
  readonly hostname: string;
  /** The path without its query, beginning with `/`: `/v1/orders`. */
  readonly pathname: string;
  /** In capitals. */
  readonly method: string;
  /** What the call was given: fetch's init, undici's dispatch options, axios' config. */
  readonly options: Readonly<Record<string, unknown>>;
  /** A request header by its name, in any case; null where there is none. */
  header(name: string): string | null;
}
