import { describe, expect, test } from '@jest/globals';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isCircuitryError } from '@circuitry/core';
import { DynamoDBBackend, type DynamoDBBackendOptions } from '@circuitry/backend-dynamodb';

const client = new DynamoDBClient({ region: 'eu-central-1' });

function problemsOf(options: Partial<DynamoDBBackendOptions>): string[] {
  try {
    new DynamoDBBackend({ client, ...options });
    return [];
  } catch (error) {
    if (!isCircuitryError(error, 'ERR_INVALID_SETTINGS')) throw error;
    return (error as unknown as { problems: { name: string }[] }).problems.map(({ name }) => name);
  }
}

describe('the options of a DynamoDBBackend', () => {
  test('need no more than a client', () => {
    expect(problemsOf({})).toEqual([]);
    expect(new DynamoDBBackend({ client }).contractVersion).toBe(1);
  });

  test('are refused with every fault at once', () => {
    const wrong = {
      client: {},
      tableName: '',
      partitionKey: '.id',
      prefix: 5,
      serverTime: 'yes',
      capacityCircuits: -1,
    };
    expect(problemsOf(wrong as never)).toEqual([
      'tableName',
      'partitionKey',
      'client',
      'prefix',
      'serverTime',
      'capacityCircuits',
    ]);
  });

  test.each(['', '.key', 'state', 'format', 'token', 'owner', 'endsAt'])(
    'refuse %j as the name of a key: a record’s attributes would meet it',
    (partitionKey) => {
      expect(problemsOf({ partitionKey })).toEqual(['partitionKey']);
    },
  );

  test('refuse one name for two attributes', () => {
    expect(problemsOf({ partitionKey: 'key', sortKey: 'key' })).toEqual(['sortKey']);
    expect(problemsOf({ partitionKey: 'ttl' })).toEqual(['ttlAttribute']);
  });

  test('refuse a prefix that leaves no room for names, or has no UTF-8 form', () => {
    expect(problemsOf({ prefix: 'p'.repeat(512) })).toEqual([]);
    expect(problemsOf({ prefix: 'p'.repeat(513) })).toEqual(['prefix']);
    expect(problemsOf({ prefix: '#'.repeat(171) })).toEqual(['prefix']);
    expect(problemsOf({ prefix: '\ud83d' })).toEqual(['prefix']);
  });
});
