import {
  BatchGetItemCommand,
  QueryCommand,
  ScanCommand,
  type BatchGetItemCommandOutput,
  type QueryCommandOutput,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { systemClock } from '@circuitry/core';
import { attribute } from '../record/attributes.js';
import type { Item } from '../record/item.js';
import type { Call, Requests } from '../requests/requests.js';
import { sleep } from '../time/sleep.js';

/** The most items that one BatchGetItem asks for. */
export const mostAtOnce = 100;

/** The pause before what DynamoDB had no capacity for is asked for again, ms; it doubles up to {@link longestPause}. */
const firstPause = 20;
const longestPause = 500;

/** A page, and where the next one begins; undefined: it was the last. */
export interface Page {
  readonly items: readonly Item[];
  readonly next: Item | undefined;
}

/** Where a page begins, and how many items it may look at. */
interface PageRange {
  readonly limit: number | undefined;
  readonly from: Item | undefined;
}

/** One page of a consistent scan of the table, of the items whose partition key begins so. */
export async function scanPage(
  requests: Requests,
  { partitionKey, beginning, limit, from }: PageRange & { readonly partitionKey: string; readonly beginning: string },
  call: Call,
): Promise<Page> {
  const command = new ScanCommand({
    TableName: requests.tableName,
    ReturnConsumedCapacity: 'TOTAL',
    ConsistentRead: true,
    FilterExpression: 'begins_with(#key, :beginning)',
    ExpressionAttributeNames: { '#key': partitionKey },
    ExpressionAttributeValues: { ':beginning': { S: beginning } },
    Limit: limit,
    ExclusiveStartKey: from,
  });
  return pageOf(await requests.read<ScanCommandOutput>('Scan', command, call));
}

/** One page of the index of troubled circuits: the keys of items, as they were some moments ago. */
export async function troubledPage(
  requests: Requests,
  range: PageRange & { readonly index: string; readonly partition: string; readonly beginning: string },
  call: Call,
): Promise<Page> {
  const isBeginning = range.beginning === '' ? '' : ' AND begins_with(#name, :beginning)';
  const command = new QueryCommand({
    TableName: requests.tableName,
    ReturnConsumedCapacity: 'TOTAL',
    IndexName: range.index,
    KeyConditionExpression: `#partition = :partition${isBeginning}`,
    ExpressionAttributeNames: {
      '#partition': attribute.troubled,
      ...(isBeginning === '' ? {} : { '#name': attribute.troubledName }),
    },
    ExpressionAttributeValues: {
      ':partition': { S: range.partition },
      ...(isBeginning === '' ? {} : { ':beginning': { S: range.beginning } }),
    },
    Limit: range.limit,
    ExclusiveStartKey: range.from,
  });
  return pageOf(await requests.read<QueryCommandOutput>('Query', command, call));
}

/** The items of so many keys, at most {@link mostAtOnce}, by consistent reads; those that are gone are left out. */
export async function getItems(requests: Requests, keys: readonly Item[], call: Call): Promise<Item[]> {
  const items: Item[] = [];
  let asked = [...keys];
  for (let pause = firstPause; asked.length > 0; pause = Math.min(pause * 2, longestPause)) {
    const command = new BatchGetItemCommand({
      RequestItems: { [requests.tableName]: { Keys: asked, ConsistentRead: true } },
      ReturnConsumedCapacity: 'TOTAL',
    });
    const answer = await requests.read<BatchGetItemCommandOutput>('BatchGetItem', command, call);
    // One table was asked for, whatever the answer calls it: a name, or an ARN.
    items.push(...Object.values(answer.Responses ?? {}).flat());
    asked = Object.values(answer.UnprocessedKeys ?? {}).flatMap(({ Keys = [] }) => Keys);
    if (asked.length > 0) await sleep(pause, systemClock, call.signal);
  }
  return items;
}

function pageOf({ Items = [], LastEvaluatedKey }: QueryCommandOutput | ScanCommandOutput): Page {
  return { items: Items, next: LastEvaluatedKey };
}
