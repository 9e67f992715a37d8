import { describe, expect, test } from '@jest/globals';
import { createCircuitTable } from '@circuitry/backend-dynamodb';
import { startReplyServer, type Reply } from './support/reply-server.js';
import { backups, json, tableIn, timeToLiveOff } from './support/table-replies.js';

// No emulator knows point-in-time recovery, and none takes its time to make a table: a real HTTP server of ours says
// what AWS's documentation says that AWS does.
describe('createCircuitTable, with replies as AWS documents them', () => {
  const table = (state: string): Reply => json({ Table: tableIn(state) });
  const ok = { status: 200 };
  const ttlOn = json({ TimeToLiveSpecification: { Enabled: true } });

  test('waits until the table is ACTIVE, and until its backups can be had', async () => {
    const server = await startReplyServer();
    server.answerWith(
      { status: 400, error: 'ResourceNotFoundException' },
      ok,
      table('CREATING'),
      table('ACTIVE'),
      timeToLiveOff,
      ttlOn,
      backups('DISABLED'),
      { status: 400, error: 'ContinuousBackupsUnavailableException' },
      backups('DISABLED'),
      backups('ENABLED'),
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

  test.each([
    ['DELETING', /it is being deleted\. Wait until it is gone/],
    ['INACCESSIBLE_ENCRYPTION_CREDENTIALS', /KMS key .INACCESSIBLE_ENCRYPTION_CREDENTIALS.*access to the key/],
    ['ARCHIVING', /ARCHIVING.*Restore it/],
    ['ARCHIVED', /ARCHIVED.*Restore it/],
  ])('refuses a table that is %s at once: waiting does not help', async (status, words) => {
    const server = await startReplyServer();
    server.answerWith(table(status));
    const making = createCircuitTable(server.client({ maxAttempts: 1 }));
    await expect(making).rejects.toMatchObject({ code: 'ERR_STORAGE', retriable: false });
    await expect(making).rejects.toThrow(words);
    expect(server.operations).toEqual(['DescribeTable']);
    await server.close();
  });

  test('makes a table that is in use, and then not there, eight times, and gives up by name', async () => {
    const server = await startReplyServer();
    const absent = { status: 400, error: 'ResourceNotFoundException' };
    const inUse = { status: 400, error: 'ResourceInUseException' };
    server.answerWith(...Array.from({ length: 8 }, () => [absent, inUse]).flat(), absent);
    const making = createCircuitTable(server.client({ maxAttempts: 1 }), { tableName: 'ghost' });
    await expect(making).rejects.toThrow(/"ghost".* made 8 times.* try again in some minutes/);
    expect(server.operations).toHaveLength(17);
    await server.close();
  }, 30_000);

  test('waits no longer than its time limit, which the message names with what it waited for', async () => {
    const server = await startReplyServer();
    server.answerWith(table('CREATING'));
    const making = createCircuitTable(server.client({ maxAttempts: 1 }), { timeLimit: 300 });
    await expect(making).rejects.toMatchObject({ code: 'ERR_STORAGE', retriable: true });
    await expect(making).rejects.toThrow(
      /not ready within 300 ms \(timeLimit\): it .*CREATING|waited for the answer to DescribeTable/,
    );
    await server.close();
  });

  test('tells an error page of what stands between by its status and its sender, not as a parser’s error', async () => {
    const server = await startReplyServer();
    const body = '<html><body>Service Unavailable</body></html>';
    server.answerWith({ status: 503, body, headers: { 'content-type': 'text/html', server: 'squid/6.6' } });
    const making = createCircuitTable(server.client({ maxAttempts: 1 }));
    await expect(making).rejects.toMatchObject({ code: 'ERR_STORAGE', retriable: true });
    await expect(making).rejects.toThrow(/HTTP status 503.*squid\/6\.6/);
    await server.close();
  });

  test('stops waiting when its signal is aborted', async () => {
    const server = await startReplyServer();
    server.answerWith(table('CREATING'));
    const making = createCircuitTable(server.client({ maxAttempts: 1 }), { signal: AbortSignal.timeout(200) });
    await expect(making).rejects.toMatchObject({ name: 'TimeoutError' });
    await server.close();
  });

  test('names the option where the credentials may not turn the deletion of expired items on', async () => {
    const server = await startReplyServer();
    server.answerWith(table('ACTIVE'), timeToLiveOff, { status: 400, error: 'AccessDeniedException' });
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
    server.answerWith(table('ACTIVE'), timeToLiveOff, refused, timeToLiveOff);
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
