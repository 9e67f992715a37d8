import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { isCircuitryError, StorageError } from '@circuitry/core';
import { describedBackups, describedTable, type FoundTable } from './table-answers.js';
import { describeKey, type TableRequests } from './table-requests.js';

/** Between two looks at a table that is not ready, ms: AWS takes seconds, an emulator moments. */
const firstPause = 25;
const longestPause = 1_000;

/** How often a table, or its index, is made where the next look finds none; others may delete it at the same time. */
const mostTries = 8;

/** States that waiting does not end, and what does. */
const lastingStates: Readonly<Record<string, string>> = {
  DELETING: 'it is being deleted. Wait until it is gone, then try again',
  INACCESSIBLE_ENCRYPTION_CREDENTIALS:
    'DynamoDB can’t use its KMS key (INACCESSIBLE_ENCRYPTION_CREDENTIALS). Give DynamoDB access to the key again',
  ARCHIVING:
    'it is being archived, for its KMS key could not be used for a week (ARCHIVING). Restore it from its backup',
  ARCHIVED: 'it was archived, for its KMS key could not be used for a week (ARCHIVED). Restore it from its backup',
};

/** Makes a table with its index, or adds to the one that is there what it lacks. */
export class TableMaker {
  readonly #requests: TableRequests;

  constructor(requests: TableRequests) {
    this.#requests = requests;
  }

  /** Resolves once the table and its index are ACTIVE. */
  async make(): Promise<void> {
    let creations = 0;
    let additions = 0;
    let isTagged = false;
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      const table = await this.#describe();
      let waitingFor: string;
      if (table === null) {
        // Another process deletes it, or DynamoDB does not know yet of what it has just begun to make.
        if ((creations += 1) > mostTries) throw this.#absent();
        await this.#create();
        waitingFor = 'it was told to make the table, and does not find it yet';
      } else {
        this.#checkTable(table);
        if (creations === 0 && !isTagged) await this.#tag(table);
        isTagged = true;
        if (isReady(table.TableStatus)) {
          const index = this.#indexOf(table);
          if (index === 'ready') return;
          if (index === 'missing') {
            if ((additions += 1) > mostTries) throw this.#requests.refusal('its index can’t be added: others undo it');
            await this.#addIndex(table);
          }
          waitingFor = 'its index is not ACTIVE yet';
        } else {
          waitingFor = `it is ${table.TableStatus}`;
        }
      }
      await this.#requests.pause(pause, waitingFor);
    }
  }

  async turnOnRecovery(): Promise<void> {
    const { TableName, PointInTimeRecoverySpecification } = this.#requests.definition;
    for (;;) {
      const describe = new DescribeContinuousBackupsCommand({ TableName });
      const answer = await this.#requests.attempt(describe, describedBackups);
      const recovery = answer?.ContinuousBackupsDescription.PointInTimeRecoveryDescription;
      if (recovery?.PointInTimeRecoveryStatus === 'ENABLED') return;
      const update = new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification });
      // A new table's backups are not to be had for its first moments.
      const done = await this.#requests.attempt(update, describedBackups, ['ContinuousBackupsUnavailableException']);
      if (done !== null) return;
      await this.#requests.pause(longestPause, 'its backups are not to be had yet');
    }
  }

  /** Null where there is none. */
  async #describe(): Promise<FoundTable | null> {
    const command = new DescribeTableCommand({ TableName: this.#requests.definition.TableName });
    const answer = await this.#requests.attempt(command, describedTable, ['ResourceNotFoundException']);
    return answer?.Table ?? null;
  }

  async #create(): Promise<void> {
    const {
      TimeToLiveSpecification: _ttl,
      PointInTimeRecoverySpecification: _recovery,
      ...input
    } = this.#requests.definition;
    // In use: another process was quicker.
    await this.#requests.attempt(new CreateTableCommand(input), null, ['ResourceInUseException']);
  }

  #checkTable(table: FoundTable): void {
    const lasting = lastingStates[table.TableStatus];
    if (lasting !== undefined) throw this.#requests.refusal(lasting);
    const wanted = describeKey(this.#requests.definition);
    const found = describeKey(table);
    // A table that is just being made may not say all of itself yet.
    if (!isReady(table.TableStatus) || found === wanted) return;
    throw this.#requests.refusal(
      `its key is ${found}, and this backend is set to ${wanted}. ` +
        'Set partitionKey and sortKey to the table’s, or choose another tableName',
    );
  }

  #indexOf(table: FoundTable): 'ready' | 'waiting' | 'missing' {
    const wanted = this.#requests.definition.GlobalSecondaryIndexes?.[0];
    if (wanted === undefined) return 'ready';
    const found = table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === wanted.IndexName);
    if (found === undefined) return 'missing';
    const { AttributeDefinitions } = table;
    const key = describeKey({ KeySchema: found.KeySchema, AttributeDefinitions });
    const wantedKey = describeKey({ ...this.#requests.definition, KeySchema: wanted.KeySchema });
    if (key !== wantedKey) {
      throw this.#requests.refusal(
        `its index ${JSON.stringify(wanted.IndexName)} has ${key}, and must have ${wantedKey}. Choose another troubledIndex`,
      );
    }
    return isReady(found.IndexStatus) ? 'ready' : 'waiting';
  }

  async #addIndex({ BillingModeSummary, ProvisionedThroughput }: FoundTable): Promise<void> {
    const { TableName, AttributeDefinitions, GlobalSecondaryIndexes = [] } = this.#requests.definition;
    const { ReadCapacityUnits = 0, WriteCapacityUnits = 0 } = ProvisionedThroughput ?? {};
    // The table's billing is what it is, whatever these options say of a new one.
    const isOnDemand = BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST' || WriteCapacityUnits === 0;
    const updates = GlobalSecondaryIndexes.map(({ ProvisionedThroughput: given, ...index }) => {
      const throughput = given ?? { ReadCapacityUnits, WriteCapacityUnits };
      return { Create: isOnDemand ? index : { ...index, ProvisionedThroughput: throughput } };
    });
    const update = new UpdateTableCommand({
      TableName,
      AttributeDefinitions,
      GlobalSecondaryIndexUpdates: updates,
    });
    try {
      // In use: another process was quicker, or changes something else just now.
      await this.#requests.attempt(update, null, ['ResourceInUseException', 'LimitExceededException']);
    } catch (error) {
      const { cause, retriable, message } = error as StorageError;
      if (!isCircuitryError(error, 'ERR_STORAGE')) throw error;
      if (/already exists/i.test(String((cause as { message?: unknown } | undefined)?.message))) return;
      throw new StorageError(
        `${message} Or pass troubledIndex: false: troubled circuits are then looked for in the whole table.`,
        { cause, retriable },
      );
    }
  }

  async #tag(table: FoundTable): Promise<void> {
    const { Tags } = this.#requests.definition;
    if (Tags === undefined) return;
    await this.#requests.attempt(new TagResourceCommand({ ResourceArn: table.TableArn, Tags }), null);
  }

  #absent(): StorageError {
    return this.#requests.refusal(
      `it was made ${mostTries} times, and each time DynamoDB found no such table a moment later. ` +
        'Somebody deletes it, or has just done so: try again in some minutes',
    );
  }
}

/** Whether a table or an index may be used. */
function isReady(status: string | undefined): boolean {
  return status === 'ACTIVE' || status === 'UPDATING';
}
