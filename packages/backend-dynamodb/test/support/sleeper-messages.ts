import type { DynamoDBServer } from '../../../../tooling/servers/dynamodb.mjs';

/** What the process that is frozen is started with; times in ms. */
export interface SleeperSetup {
  readonly clientConfig: DynamoDBServer['clientConfig'];
  readonly tableName: string;
  /** Null: strict. */
  readonly maxStaleness: number | null;
  readonly storageTimeout: number;
  /** Whether each call ends with a flush. */
  readonly flushes: boolean;
}

export type ToSleeper =
  /** One call; `holdWork`: its work goes on until told. */
  | { readonly type: 'call'; readonly id: number; readonly holdWork: boolean }
  | { readonly type: 'finish work' }
  | { readonly type: 'stop' };

export type FromSleeper =
  | { readonly type: 'ready' }
  | { readonly type: 'working'; readonly id: number }
  | {
      readonly type: 'settled';
      readonly id: number;
      readonly status: 'fulfilled' | 'rejected' | 'refused';
      readonly decidedBy: 'store' | 'local' | 'allow' | 'off';
      /** Its outcome did not get to the store, or nobody knows whether it did. */
      readonly lost: boolean;
      /** Read units that the call cost. */
      readonly reads: number;
    };
