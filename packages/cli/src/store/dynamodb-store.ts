import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { examineDynamoDB } from '../doctor/dynamodb.js';
import { wrongUse } from '../faults.js';
import type { Terminal } from '../terminal/terminal.js';
import { loadPeer, type Peer } from './load-peer.js';
import { variables, type StoreOptions } from './store-options.js';
import type { Store, TableFace } from './store.js';

type Sdk = typeof import('@aws-sdk/client-dynamodb');
type Backend = typeof import('@circuitry/backend-dynamodb');

const install = '@circuitry/backend-dynamodb @aws-sdk/client-dynamodb';
const sdkPeer: Peer<Sdk> = {
  name: '@aws-sdk/client-dynamodb',
  install,
  load: () => import('@aws-sdk/client-dynamodb'),
};
const backendPeer: Peer<Backend> = {
  name: '@circuitry/backend-dynamodb',
  install,
  load: () => import('@circuitry/backend-dynamodb'),
};

/** A DynamoDB table. Credentials and region are the AWS SDK's to find, in the environment and its files. */
export async function openDynamoDB(options: StoreOptions, terminal: Terminal): Promise<Store> {
  const tableName = options.dynamodb === true ? undefined : options.dynamodb;
  const name = tableName ?? terminal.environment[variables.dynamodb];
  if (!name) throw wrongUse(`--dynamodb without a table takes it from ${variables.dynamodb}, which is not set.`);
  const [sdk, backend] = await Promise.all([
    loadPeer(sdkPeer, terminal.workingDirectory),
    loadPeer(backendPeer, terminal.workingDirectory),
  ]);
  const { region, endpoint, keyPrefix, timeout } = options;
  const client = new sdk.DynamoDBClient({
    ...backend.recommendedClient({ storageTimeout: timeout }),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  });
  const store = new backend.DynamoDBBackend({
    client,
    tableName: name,
    storageTimeout: timeout,
    ...(keyPrefix !== undefined && { prefix: keyPrefix }),
  });
  return {
    backend: store,
    where: `the DynamoDB table ${JSON.stringify(name)}${endpoint === undefined ? '' : ` at ${endpoint}`}`,
    settings: {},
    examine: (examination) =>
      examineDynamoDB(
        { client, sdk, tableName: name, wanted: backend.circuitTableDefinition({ tableName: name }) },
        examination,
      ),
    table: tableFace(name, client, sdk, backend),
    async close() {
      await store.close();
      client.destroy();
    },
  };
}

function tableFace(tableName: string, client: DynamoDBClient, sdk: Sdk, backend: Backend): TableFace {
  return {
    definition: () => ({ ...backend.circuitTableDefinition({ tableName }) }),
    async describe(abortSignal) {
      try {
        const command = new sdk.DescribeTableCommand({ TableName: tableName });
        const { Table } = await client.send(command, { abortSignal });
        return (Table ?? null) as Readonly<Record<string, unknown>> | null;
      } catch (error) {
        if ((error as { name?: string }).name === 'ResourceNotFoundException') return null;
        throw error;
      }
    },
    create: (signal) => backend.createCircuitTable(client, { tableName, signal }),
  };
}
