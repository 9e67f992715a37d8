export {
  protectBatch,
  protectMessages,
  type BatchHandler,
  type BatchResponse,
  type MessagesOptions,
} from './protect-batch.js';
export type { MessageLike, SQSRecordLike } from './item.js';
export type { BatchOptions, SQSClientLike } from './options.js';
export type { BatchWork } from './run-batch.js';
