import type { Reply } from './reply-server.js';

// What AWS's documentation says that DynamoDB answers about a table of circuits.

/** A table as `DescribeTable` tells it, with its index, both in that state. */
export function tableIn(state: string): {
  readonly KeySchema: readonly object[];
  readonly AttributeDefinitions: readonly object[];
  readonly GlobalSecondaryIndexes: readonly object[];
  readonly TableStatus: string;
} {
  return {
    TableStatus: state,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: ['id', 'troubled', 'troubledName'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'troubled',
        IndexStatus: state,
        KeySchema: [
          { AttributeName: 'troubled', KeyType: 'HASH' },
          { AttributeName: 'troubledName', KeyType: 'RANGE' },
        ],
      },
    ],
  };
}

export function json(body: unknown): Reply {
  return { status: 200, body: JSON.stringify(body) };
}

export const timeToLiveOff: Reply = json({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } });

export function backups(PointInTimeRecoveryStatus: string): Reply {
  return json({ ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus } } });
}
