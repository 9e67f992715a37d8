export { DynamoDBBackend } from './dynamodb-backend.js';
export type { DynamoDBBackendOptions, TableLayoutOptions } from './options.js';
export type { CapacityUse } from './requests/capacity.js';
export {
  circuitTableDefinition,
  type CircuitTableDefinition,
  type CircuitTableOptions,
} from './table/circuit-table-definition.js';
export { createCircuitTable, type CreateCircuitTableOptions } from './table/create-circuit-table.js';
