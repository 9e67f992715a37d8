/** How a store is chosen on the command line: as commander reads it. */
export interface StoreOptions {
  /** A URL, `@file` with a URL in it, or true: from the environment. */
  readonly redis?: string | true;
  readonly cluster?: boolean;
  /** A table, or true: from the environment. */
  readonly dynamodb?: string | true;
  readonly region?: string;
  readonly endpoint?: string;
  readonly config?: string;
  /** What the keys begin with; the backend's own default if left out. */
  readonly keyPrefix?: string;
  /** ms that one answer of the store may take. */
  readonly timeout: number;
}

/** Variables that choose a store where no option does. */
export const variables = {
  redis: 'CIRCUITRY_REDIS_URL',
  dynamodb: 'CIRCUITRY_DYNAMODB_TABLE',
  config: 'CIRCUITRY_CONFIG',
} as const;

/** What a folder's configuration is called. */
export const configName = 'circuitry.config.mjs';
