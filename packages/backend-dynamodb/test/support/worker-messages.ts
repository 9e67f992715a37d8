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
  /** `since`: when the circuit had come to `from`, by its record, ms; grows with each change. */
  | { readonly type: 'change'; readonly from: string; readonly to: string; readonly since: number }
  | { readonly type: 'call'; readonly status: 'fulfilled' | 'rejected' | 'refused' }
  | { readonly type: 'done'; readonly ran: number; readonly refused: number; readonly cost: CapacityUse };
