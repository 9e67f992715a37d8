export {
  recommendedClient,
  type RecommendedClient,
  type RecommendedClientOptions,
} from './client/recommended-client.js';
export type { Retries, RetryToken } from './client/quick-retries.js';
export { DynamoDBBackend } from './dynamodb-backend.js';
export type { DynamoDBBackendOptions } from './options/backend-options.js';
export type { TableLayoutOptions } from './options/table-layout.js';
export type { CapacityUse } from './requests/capacity.js';
export {
  circuitTableDefinition,
  type CircuitTableDefinition,
  type CircuitTableOptions,
  type KeyElement,
  type Throughput,
  type ThroughputDefinition,
  type TroubledIndexDefinition,
} from './table/circuit-table-definition.js';
export { createCircuitTable, type CreateCircuitTableOptions } from './table/create-circuit-table.js';
