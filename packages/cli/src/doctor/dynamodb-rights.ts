import { systemClock } from '@circuitry/core';
import type { TablePatient } from './table-patient.js';
import { fault, ok, skipped, type Finding } from './finding.js';

/** What is written removes itself, should the examination die, s. */
const ttl = 60;

interface Probe {
  readonly action: string;
  readonly writes: boolean;
  readonly send: () => Promise<unknown>;
}

/** Which actions these credentials lack, each by its name in a policy. Its own item is all that is touched. */
export async function* examineActions(
  patient: TablePatient,
  id: string,
  mayWrite: boolean,
  abortSignal: AbortSignal,
): AsyncGenerator<Finding> {
  const missing: string[] = [];
  for (const { action, send } of probesFor(patient, id, abortSignal).filter(({ writes }) => mayWrite || !writes)) {
    try {
      await send();
    } catch (error) {
      // Whatever else goes wrong shows where the table is looked at.
      if ((error as { name?: string }).name === 'AccessDeniedException') missing.push(action);
    }
  }
  yield missing.length === 0
    ? ok('rights', mayWrite ? 'all that circuits need' : 'all that reading circuits needs')
    : fault(
        'rights',
        `missing: ${missing.join(', ')}`,
        `Allow ${missing.join(', ')} on the table ${patient.tableName}.`,
      );
  if (!mayWrite) yield skipped('rights to write', '--read-only');
}

function probesFor(
  { client, sdk, tableName, wanted }: TablePatient,
  id: string,
  abortSignal: AbortSignal,
): readonly Probe[] {
  const Key = Object.fromEntries(wanted.KeySchema.map(({ AttributeName }) => [AttributeName, { S: id }]));
  const ends = {
    [wanted.TimeToLiveSpecification.AttributeName]: { N: String(Math.ceil(systemClock.now() / 1_000) + ttl) },
  };
  const table = { TableName: tableName };
  const options = { abortSignal };
  return [
    {
      action: 'dynamodb:GetItem',
      writes: false,
      send: () => client.send(new sdk.GetItemCommand({ ...table, Key }), options),
    },
    {
      action: 'dynamodb:Scan',
      writes: false,
      send: () => client.send(new sdk.ScanCommand({ ...table, Limit: 1 }), options),
    },
    {
      action: 'dynamodb:BatchGetItem',
      writes: false,
      send: () => client.send(new sdk.BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: [Key] } } }), options),
    },
    ...(wanted.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema }) => ({
      action: `dynamodb:Query on index/${IndexName}`,
      writes: false,
      send: () =>
        client.send(
          new sdk.QueryCommand({
            ...table,
            IndexName,
            Limit: 1,
            KeyConditionExpression: '#key = :key',
            ExpressionAttributeNames: { '#key': KeySchema[0]?.AttributeName ?? '' },
            ExpressionAttributeValues: { ':key': { S: id } },
          }),
          options,
        ),
    })),
    {
      action: 'dynamodb:PutItem',
      writes: true,
      send: () => client.send(new sdk.PutItemCommand({ ...table, Item: { ...Key, ...ends } }), options),
    },
    {
      action: 'dynamodb:UpdateItem',
      writes: true,
      send: () =>
        client.send(
          new sdk.UpdateItemCommand({
            ...table,
            Key,
            UpdateExpression: 'SET #ttl = :ttl',
            ExpressionAttributeNames: { '#ttl': wanted.TimeToLiveSpecification.AttributeName },
            ExpressionAttributeValues: { ':ttl': Object.values(ends)[0] as { N: string } },
          }),
          options,
        ),
    },
    {
      action: 'dynamodb:DeleteItem',
      writes: true,
      send: () => client.send(new sdk.DeleteItemCommand({ ...table, Key }), options),
    },
  ];
}
