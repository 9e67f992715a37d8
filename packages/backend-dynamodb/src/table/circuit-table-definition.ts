import { InvalidSettingsError } from '@circuitry/core';
import { parseLayout, type TableLayoutOptions } from '../options.js';

/** How a table for circuits is made. */
export interface CircuitTableOptions extends TableLayoutOptions {
  /** `'PAY_PER_REQUEST'` (on-demand) or `'PROVISIONED'`. Default on-demand, or provisioned where throughput is given. */
  readonly billingMode?: 'PAY_PER_REQUEST' | 'PROVISIONED';
  /** Units a second, for a provisioned table only. */
  readonly provisionedThroughput?: { readonly readCapacityUnits: number; readonly writeCapacityUnits: number };
  /** Default: none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether DynamoDB keeps backups of every second. Circuits are short-lived: default false. */
  readonly pointInTimeRecovery?: boolean;
}

/** A table for circuits as plain data, in the words of DynamoDB's API and of CloudFormation. */
export interface CircuitTableDefinition {
  /** The table's name. */
  readonly TableName: string;
  /** The types of the key's attributes. */
  readonly AttributeDefinitions: { readonly AttributeName: string; readonly AttributeType: 'S' }[];
  /** The partition key, and the sort key where there is one. */
  readonly KeySchema: { readonly AttributeName: string; readonly KeyType: 'HASH' | 'RANGE' }[];
  /** On demand, or by capacity that is provisioned. */
  readonly BillingMode: 'PAY_PER_REQUEST' | 'PROVISIONED';
  /** Capacity units a second, where they are provisioned. */
  readonly ProvisionedThroughput?: { readonly ReadCapacityUnits: number; readonly WriteCapacityUnits: number };
  /** Labels of the table. */
  readonly Tags?: { readonly Key: string; readonly Value: string }[];
  /** Which attribute says when DynamoDB may delete an item. */
  readonly TimeToLiveSpecification: { readonly AttributeName: string; readonly Enabled: true };
  /** Whether the table can be restored to any second of the last days. */
  readonly PointInTimeRecoverySpecification?: { readonly PointInTimeRecoveryEnabled: true };
}

/**
 * The table that a `DynamoDBBackend` of the same options needs, as plain data: the properties of CloudFormation's
 * `AWS::DynamoDB::Table`, for CDK, SST, SAM, or to be translated to Terraform.
 *
 * @throws InvalidSettingsError that lists every fault at once
 */
export function circuitTableDefinition(options: CircuitTableOptions = {}): CircuitTableDefinition {
  const { tableName, partitionKey, sortKey, ttlAttribute } = parseLayout(options);
  const { provisionedThroughput: throughput, tags, pointInTimeRecovery = false } = options;
  const billingMode = options.billingMode ?? (throughput === undefined ? 'PAY_PER_REQUEST' : 'PROVISIONED');
  if ((billingMode === 'PROVISIONED') !== (throughput !== undefined)) {
    const expected =
      billingMode === 'PROVISIONED' ? 'read and write units for a provisioned table' : 'none for an on-demand table';
    throw new InvalidSettingsError([{ name: 'provisionedThroughput', value: throughput, expected }]);
  }
  const key = [{ AttributeName: partitionKey, KeyType: 'HASH' as const }];
  const schema = sortKey === null ? key : [...key, { AttributeName: sortKey, KeyType: 'RANGE' as const }];
  return {
    TableName: tableName,
    AttributeDefinitions: schema.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: schema,
    BillingMode: billingMode,
    ...(throughput === undefined
      ? {}
      : {
          ProvisionedThroughput: {
            ReadCapacityUnits: throughput.readCapacityUnits,
            WriteCapacityUnits: throughput.writeCapacityUnits,
          },
        }),
    ...(tags === undefined ? {} : { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
    TimeToLiveSpecification: { AttributeName: ttlAttribute, Enabled: true },
    ...(pointInTimeRecovery ? { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } } : {}),
  };
}
