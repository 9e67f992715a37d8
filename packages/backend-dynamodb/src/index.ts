export {
  recommendedClient,
  type RecommendedClient,
  type RecommendedClientOptions,
} from './client/recommended-client.js';
export { DynamoDBBackend } from './dynamodb-backend.js';
export type { DynamoDBBackendOptions } from './options/backend-options.js';
export type { TableLayoutOptions } from './options/table-layout.js';
export type { CapacityUse } from './requests/capacity.js';
export {
  circuitTableDefinition,
  type CircuitTableDefinition,
  type CircuitTableOptions,
} from './table/circuit-table-definition.js';
export { createCircuitTable, type CreateCircuitTableOptions } from './table/create-circuit-table.js';
