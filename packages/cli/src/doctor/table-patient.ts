import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CircuitTableDefinition } from '@circuitry/backend-dynamodb';

type Sdk = typeof import('@aws-sdk/client-dynamodb');

/** A table under examination. */
export interface TablePatient {
  readonly client: DynamoDBClient;
  readonly sdk: Sdk;
  readonly tableName: string;
  /** The table as the backend needs it. */
  readonly wanted: CircuitTableDefinition;
}
