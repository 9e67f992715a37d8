import { randomUUID } from 'node:crypto';
import type { DescribeTableCommandOutput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CircuitTableDefinition } from '@circuitry/backend-dynamodb';
import { systemClock } from '@circuitry/core';
import type { Examination } from '../store/store.js';
import { messageOf } from '../faults.js';
import { examineActions } from './dynamodb-rights.js';
import { fault, ok, skipped, warning, type Finding } from './finding.js';
import type { TablePatient } from './table-patient.js';

type Table = NonNullable<DescribeTableCommandOutput['Table']>;

/** What DynamoDB's Date header resolves, and a margin, ms. */
const mostSkew = 2_000;

/** What is to be seen of a table beside the contract: key, indexes, deletion, billing, the clock, rights. */
export async function* examineDynamoDB(
  patient: TablePatient,
  { mayWrite, signal }: Examination,
): AsyncGenerator<Finding> {
  yield* examineActions(patient, `circuitry#circuit#circuitry-cli/doctor/${randomUUID()}`, mayWrite, signal);
  const dates = watchDates(patient.client);
  let table: Table | undefined;
  try {
    ({ Table: table } = await patient.client.send(
      new patient.sdk.DescribeTableCommand({ TableName: patient.tableName }),
      {
        abortSignal: signal,
      },
    ));
  } catch (error) {
    yield unseen('table', error, 'dynamodb:DescribeTable');
  }
  if (table !== undefined) yield* describe(table, patient.wanted);
  yield await timeToLive(patient, signal);
  yield dates();
}

function* describe(table: Table, { KeySchema, ...wanted }: CircuitTableDefinition): Generator<Finding> {
  const { TableStatus: status = '?', ItemCount: items = 0, BillingModeSummary: billing } = table;
  yield status === 'ACTIVE'
    ? ok(
        'table',
        `${status}, about ${items} ${items === 1 ? 'item' : 'items'}, ${billing?.BillingMode ?? 'PROVISIONED'}`,
      )
    : fault('table', status, 'Wait until it is ACTIVE.');
  const keyOf = (schema: Table['KeySchema'] | CircuitTableDefinition['KeySchema']): string =>
    (schema ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} (${KeyType})`).join(', ');
  yield keyOf(table.KeySchema) === keyOf(KeySchema)
    ? ok('key', keyOf(table.KeySchema))
    : fault(
        'key',
        keyOf(table.KeySchema),
        `Circuits are looked for by ${keyOf(KeySchema)}. Open a table with another key by --config.`,
      );
  yield indexes(table, wanted);
}

/** The indexes that the backend's own definition has, in whatever version of it is installed. */
function indexes(table: Table, wanted: object): Finding {
  const needed = namesOf((wanted as { GlobalSecondaryIndexes?: unknown }).GlobalSecondaryIndexes);
  const found = namesOf(table.GlobalSecondaryIndexes);
  const missing = needed.filter((name) => !found.includes(name));
  if (needed.length === 0) return ok('index', 'none needed: listing scans the table');
  return missing.length === 0
    ? ok('index', needed.join(', '))
    : warning(
        'index',
        `missing: ${missing.join(', ')}`,
        'Troubled circuits can’t be listed without a scan. "table create" adds it.',
      );
}

function namesOf(found: unknown): string[] {
  return Array.isArray(found) ? found.map(({ IndexName }: { IndexName?: unknown }) => String(IndexName)) : [];
}

async function timeToLive(
  { client, sdk, tableName, wanted }: TablePatient,
  abortSignal: AbortSignal,
): Promise<Finding> {
  const attribute = wanted.TimeToLiveSpecification.AttributeName;
  try {
    const command = new sdk.DescribeTimeToLiveCommand({ TableName: tableName });
    const { TimeToLiveDescription: found } = await client.send(command, { abortSignal });
    const { TimeToLiveStatus: status = 'DISABLED', AttributeName: name } = found ?? {};
    if (!status.startsWith('ENABL'))
      return warning(
        'time to live',
        status,
        'Circuits that are over stay in the table, and cost storage. "table create" turns it on.',
      );
    return name === attribute
      ? ok('time to live', `${status}, by ${name}`)
      : warning('time to live', `by ${name}`, `Circuits end by ${attribute}: they are never deleted.`);
  } catch (error) {
    if ((error as { name?: string }).name === 'UnknownOperationException')
      return skipped('time to live', 'this server does not know it');
    return unseen('time to live', error, 'dynamodb:DescribeTimeToLive');
  }
}

function unseen(check: string, error: unknown, right: string): Finding {
  return (error as { name?: string }).name === 'AccessDeniedException'
    ? skipped(check, `these credentials may not look: ${right}`)
    : fault(check, messageOf(error), '"table create" makes the table that circuits need.');
}

/** Reads the clock out of the answers. Workers decide by their own, corrected by it where they are far off. */
function watchDates(client: DynamoDBClient): () => Finding {
  let skew: number | null = null;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { headers } = (answer.response ?? {}) as { headers?: Readonly<Record<string, string>> };
      const date = Date.parse(headers?.['date'] ?? '');
      if (!Number.isNaN(date)) skew = systemClock.now() - date;
      return answer;
    },
    { step: 'deserialize', name: 'circuitryDates' },
  );
  return () => {
    if (skew === null) return skipped('server’s clock', 'no answer had a Date');
    const words = `this machine is ${Math.abs(skew) < mostSkew ? 'within 2 s of it' : `${Math.round(skew / 1_000)} s off`}`;
    return Math.abs(skew) < mostSkew
      ? ok('server’s clock', words)
      : warning('server’s clock', words, 'Workers decide by their clocks: synchronise them, by NTP.');
  };
}
