import { randomUUID } from 'node:crypto';
import {
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { createCircuitTable, DynamoDBBackend, type DynamoDBBackendOptions } from '@circuitry/backend-dynamodb';
import type { DynamoDBServer } from '../../../../tooling/servers/dynamodb.mjs';

/** How a test's circuits lie in their table. */
export type Variant = 'own table' | 'single table';
export const variants: readonly Variant[] = ['own table', 'single table'];

const layouts: Record<Variant, Partial<DynamoDBBackendOptions>> = {
  'own table': {},
  'single table': { partitionKey: 'PK', sortKey: 'SK', prefix: 'app#1', ttlAttribute: 'expires' },
};

/** A table of its own on a running server, with its clients. */
export interface TestTable {
  readonly tableName: string;
  readonly options: Partial<DynamoDBBackendOptions>;
  /** A client of its own, closed with the table; through `port` where given. */
  client(port?: number): DynamoDBClient;
  /** Another process's backend, with a client of its own. */
  connect(more?: Partial<DynamoDBBackendOptions>, port?: number): DynamoDBBackend;
  /** The item as it lies in the table. */
  item(kind: 'circuit' | 'lock', name: string): Promise<Record<string, AttributeValue> | undefined>;
  /** Sets one attribute of a circuit's item, as a foreign writer would; null: takes it off. */
  damage(name: string, attributeName: string, value: AttributeValue | null): Promise<void>;
  drop(): Promise<void>;
}

export async function makeTable(server: DynamoDBServer, variant: Variant = 'own table'): Promise<TestTable> {
  const tableName = `circuitry-${randomUUID()}`;
  const options = { ...layouts[variant], tableName };
  const clients: DynamoDBClient[] = [];
  const client = (port?: number): DynamoDBClient => {
    const through = port === undefined ? {} : { endpoint: `http://127.0.0.1:${port}` };
    const made = new DynamoDBClient({ ...server.clientConfig, ...through });
    clients.push(made);
    return made;
  };
  const own = client();
  await createCircuitTable(own, tableOptions(options));
  const key = (kind: string, name: string): Record<string, AttributeValue> => {
    const beginning = variant === 'own table' ? 'circuitry' : 'app%231';
    const partition = { S: `${beginning}#${kind}#${name}` };
    return variant === 'own table' ? { id: partition } : { PK: partition, SK: { S: kind } };
  };
  return {
    tableName,
    options,
    client,
    connect: (more = {}, port) => new DynamoDBBackend({ client: client(port), warn: () => {}, ...options, ...more }),
    item: async (kind, name) => {
      const command = new GetItemCommand({ TableName: tableName, Key: key(kind, name), ConsistentRead: true });
      return (await own.send(command)).Item;
    },
    damage: async (name, attributeName, value) => {
      await own.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: key('circuit', name),
          UpdateExpression: value === null ? 'REMOVE #a' : 'SET #a = :a',
          ExpressionAttributeNames: { '#a': attributeName },
          ...(value === null ? {} : { ExpressionAttributeValues: { ':a': value } }),
        }),
      );
    },
    drop: async () => {
      await own.send(new DeleteTableCommand({ TableName: tableName }));
      for (const each of clients) each.destroy();
    },
  };
}

/** What of a backend's options a table's definition takes. */
function tableOptions({ tableName, partitionKey, sortKey, ttlAttribute }: Partial<DynamoDBBackendOptions>): {
  tableName?: string;
  partitionKey?: string;
  sortKey?: string;
  ttlAttribute?: string;
} {
  return {
    ...(tableName === undefined ? {} : { tableName }),
    ...(partitionKey === undefined ? {} : { partitionKey }),
    ...(sortKey === undefined ? {} : { sortKey }),
    ...(ttlAttribute === undefined ? {} : { ttlAttribute }),
  };
}
