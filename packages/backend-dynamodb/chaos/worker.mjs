// One worker of the chaos run on DynamoDB.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBBackend, recommendedClient } from '@circuitry/backend-dynamodb';
import { clock, setup, storageTimeout, work } from '../../../tooling/chaos/worker.mjs';

const { tableName, clientConfig } = setup;
const client = new DynamoDBClient({ ...recommendedClient({ storageTimeout }), ...clientConfig });
await work(new DynamoDBBackend({ client, tableName, clock, storageTimeout, warn: () => {} }));
client.destroy();
