import type { CapacityUse } from '@circuitry/backend-dynamodb';
import type { DynamoDBServer } from '../../../../tooling/servers/dynamodb.mjs';

/** What a worker process is started with. */
export interface WorkerSetup {
  readonly clientConfig: DynamoDBServer['clientConfig'];
  readonly tableName: string;
  /** Ms. */
  readonly allowAfter: number;
}

export type ToWorker = { readonly type: 'health'; readonly healthy: boolean } | { readonly type: 'stop' };

export type ToParent =
  | { readonly type: 'ready' }
  | { readonly type: 'change'; readonly from: string; readonly to: string; readonly at: number }
  | { readonly type: 'call'; readonly status: 'fulfilled' | 'rejected' | 'refused'; readonly at: number }
  | { readonly type: 'done'; readonly ran: number; readonly refused: number; readonly cost: CapacityUse };
