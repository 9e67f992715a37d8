import { describe, expect, test } from '@jest/globals';
import { createCircuitTable } from '@circuitry/backend-dynamodb';
import { startReplyServer } from './support/reply-server.js';

// No emulator knows point-in-time recovery, and none takes its time to make a table: a real HTTP server of ours says
// what AWS's documentation says that AWS does.
describe('createCircuitTable, with replies as AWS documents them', () => {
  const table = (TableStatus: string): { status: number; body: string } => ({
    status: 200,
    body: JSON.stringify({
      Table: {
        TableStatus,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      },
    }),
  });
  const ok = { status: 200 };
  const ttlOff = { status: 200, body: JSON.stringify({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } }) };
  const backups = (PointInTimeRecoveryStatus: string): { status: number; body: string } => ({
    status: 200,
    body: JSON.stringify({
      ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus } },
    }),
  });

  test('waits until the table is ACTIVE, and until its backups can be had', async () => {
    const server = await startReplyServer();
    server.answerWith(
      { status: 400, error: 'ResourceNotFoundException' },
      ok,
      table('CREATING'),
      table('ACTIVE'),
      ttlOff,
      ok,
      backups('DISABLED'),
      { status: 400, error: 'ContinuousBackupsUnavailableException' },
      backups('DISABLED'),
      ok,
    );
    await createCircuitTable(server.client({ maxAttempts: 1 }), { pointInTimeRecovery: true });
    expect(server.operations).toEqual([
      ...['DescribeTable', 'CreateTable', 'DescribeTable', 'DescribeTable'],
      ...['DescribeTimeToLive', 'UpdateTimeToLive'],
      ...[
        'DescribeContinuousBackups',
        'UpdateContinuousBackups',
        'DescribeContinuousBackups',
        'UpdateContinuousBackups',
      ],
    ]);
    await server.close();
  }, 30_000);

  test('stops waiting when its signal is aborted', async () => {
    const server = await startReplyServer();
    server.answerWith(table('CREATING'));
    const making = createCircuitTable(server.client({ maxAttempts: 1 }), { signal: AbortSignal.timeout(200) });
    await expect(making).rejects.toMatchObject({ name: 'TimeoutError' });
    await server.close();
  });

  test('names the option where the credentials may not turn the deletion of expired items on', async () => {
    const server = await startReplyServer();
    server.answerWith(table('ACTIVE'), table('ACTIVE'), ttlOff, { status: 400, error: 'AccessDeniedException' });
    await expect(createCircuitTable(server.client({ maxAttempts: 1 }))).rejects.toMatchObject({
      code: 'ERR_STORAGE',
      retriable: false,
      message: expect.stringMatching(/may not do dynamodb:UpdateTimeToLive.* pass timeToLive: false/),
      cause: { name: 'AccessDeniedException' },
    });
    await server.close();
  });

  test('names it as well where it was changed within the hour', async () => {
    const server = await startReplyServer();
    const refused = { status: 400, error: 'ValidationException' };
    server.answerWith(table('ACTIVE'), table('ACTIVE'), ttlOff, refused, ttlOff);
    await expect(createCircuitTable(server.client({ maxAttempts: 1 }))).rejects.toThrow(
      /changed within the hour.* pass timeToLive: false/,
    );
    await server.close();
  });

  test('says what is missing where the credentials may not make tables', async () => {
    const server = await startReplyServer();
    server.answerWith(
      { status: 400, error: 'ResourceNotFoundException' },
      { status: 400, error: 'AccessDeniedException' },
    );
    await expect(createCircuitTable(server.client({ maxAttempts: 1 }))).rejects.toThrow(
      /may not do dynamodb:CreateTable/,
    );
    await server.close();
  });
});
