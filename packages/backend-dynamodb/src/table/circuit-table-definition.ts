import { InvalidSettingsError } from '@circuitry/core';
import { parseLayout, type TableLayout, type TableLayoutOptions } from '../options/table-layout.js';
import { attribute } from '../record/attributes.js';

/** Capacity of a provisioned table or index, in units a second. */
export interface Throughput {
  /** Reads. */
  readonly readCapacityUnits: number;
  /** Writes. */
  readonly writeCapacityUnits: number;
}

/** How a table for circuits is made. */
export interface CircuitTableOptions extends TableLayoutOptions {
  /** `'PAY_PER_REQUEST'` (on-demand) or `'PROVISIONED'`. Default on-demand, or provisioned where throughput is given. */
  readonly billingMode?: 'PAY_PER_REQUEST' | 'PROVISIONED' | undefined;
  /** Units a second, for a provisioned table only. */
  readonly provisionedThroughput?: Throughput | undefined;
  /**
   * Units a second of the index of troubled circuits, for a provisioned table only. Default: the table's, for a write that
   * the index has no room for is refused by the table as well.
   */
  readonly indexThroughput?: Throughput | undefined;
  /** Default: none. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Whether DynamoDB keeps backups of every second. Circuits are short-lived: default false. */
  readonly pointInTimeRecovery?: boolean | undefined;
}

/** One part of a key. */
export interface KeyElement {
  /** The attribute's name. */
  readonly AttributeName: string;
  /** Whether it is the partition key or the sort key. */
  readonly KeyType: 'HASH' | 'RANGE';
}

/** Capacity in CloudFormation's words. */
export interface ThroughputDefinition {
  /** Reads a second. */
  readonly ReadCapacityUnits: number;
  /** Writes a second. */
  readonly WriteCapacityUnits: number;
}

/** The index of troubled circuits as plain data. */
export interface TroubledIndexDefinition {
  /** The index's name. */
  readonly IndexName: string;
  /** Its partition and sort key. */
  readonly KeySchema: KeyElement[];
  /** What it holds of an item: its keys. */
  readonly Projection: { readonly ProjectionType: 'KEYS_ONLY' };
  /** Its own capacity units a second, where they are provisioned. */
  readonly ProvisionedThroughput?: ThroughputDefinition;
}

/** A table for circuits as plain data, in the words of DynamoDB's API and of CloudFormation. */
export interface CircuitTableDefinition {
  /** The table's name. */
  readonly TableName: string;
  /** The types of the keys' attributes. */
  readonly AttributeDefinitions: { readonly AttributeName: string; readonly AttributeType: 'S' }[];
  /** The partition key, and the sort key where there is one. */
  readonly KeySchema: KeyElement[];
  /** The index of troubled circuits, where it has one. */
  readonly GlobalSecondaryIndexes?: TroubledIndexDefinition[];
  /** On demand, or by capacity that is provisioned. */
  readonly BillingMode: 'PAY_PER_REQUEST' | 'PROVISIONED';
  /** Capacity units a second, where they are provisioned. */
  readonly ProvisionedThroughput?: ThroughputDefinition;
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
  const layout = parseLayout(options);
  const { provisionedThroughput, tags, pointInTimeRecovery = false } = options;
  const billingMode = checkBilling(options);
  const keySchema = keyOf(layout);
  const index = indexOf(layout, options.indexThroughput ?? provisionedThroughput);
  const keys = [...keySchema, ...(index?.KeySchema ?? [])];
  return {
    TableName: layout.tableName,
    AttributeDefinitions: keys.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: keySchema,
    ...(index === null ? {} : { GlobalSecondaryIndexes: [index] }),
    BillingMode: billingMode,
    ...withThroughput(provisionedThroughput),
    ...(tags === undefined ? {} : { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
    TimeToLiveSpecification: { AttributeName: layout.ttlAttribute, Enabled: true },
    ...(pointInTimeRecovery ? { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } } : {}),
  };
}

function checkBilling({
  billingMode,
  provisionedThroughput,
  indexThroughput,
}: CircuitTableOptions): CircuitTableDefinition['BillingMode'] {
  const mode = billingMode ?? (provisionedThroughput === undefined ? 'PAY_PER_REQUEST' : 'PROVISIONED');
  const isProvisioned = mode === 'PROVISIONED';
  const expected = isProvisioned ? 'read and write units for a provisioned table' : 'none for an on-demand table';
  const problems = [];
  if (isProvisioned !== (provisionedThroughput !== undefined))
    problems.push({ name: 'provisionedThroughput', value: provisionedThroughput, expected });
  if (!isProvisioned && indexThroughput !== undefined)
    problems.push({ name: 'indexThroughput', value: indexThroughput, expected });
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return mode;
}

function keyOf({ partitionKey, sortKey }: TableLayout): KeyElement[] {
  const partition = { AttributeName: partitionKey, KeyType: 'HASH' } as const;
  return sortKey === null ? [partition] : [partition, { AttributeName: sortKey, KeyType: 'RANGE' }];
}

function indexOf({ troubledIndex }: TableLayout, throughput: Throughput | undefined): TroubledIndexDefinition | null {
  if (troubledIndex === null) return null;
  return {
    IndexName: troubledIndex,
    KeySchema: [
      { AttributeName: attribute.troubled, KeyType: 'HASH' },
      { AttributeName: attribute.troubledName, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'KEYS_ONLY' },
    ...withThroughput(throughput),
  };
}

function withThroughput(throughput: Throughput | undefined): { readonly ProvisionedThroughput?: ThroughputDefinition } {
  if (throughput === undefined) return {};
  const { readCapacityUnits, writeCapacityUnits } = throughput;
  return { ProvisionedThroughput: { ReadCapacityUnits: readCapacityUnits, WriteCapacityUnits: writeCapacityUnits } };
}
