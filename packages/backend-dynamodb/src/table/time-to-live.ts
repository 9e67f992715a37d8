import { isCircuitryError, StorageError } from '@circuitry/core';
import { DescribeTimeToLiveCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { describedTimeToLive, updatedTimeToLive } from './table-answers.js';
import type { TableRequests } from './table-requests.js';

/** Has DynamoDB delete what has expired, by the table's ttl attribute. */
export async function turnOnTimeToLive(requests: TableRequests): Promise<void> {
  try {
    if (!(await isOn(requests))) await turnOn(requests);
  } catch (error) {
    if (!isCircuitryError(error, 'ERR_STORAGE')) throw error;
    const { message, cause, retriable } = error;
    // What passes is not for an option to mend.
    if (retriable) throw error;
    // Every DynamoDB of AWS's knows it: an emulator is taken as it is.
    if ((cause as { name?: unknown } | undefined)?.name === 'UnknownOperationException') return;
    throw new StorageError(`${message} Or pass timeToLive: false to createCircuitTable, and see to it otherwise.`, {
      cause,
      retriable,
    });
  }
}

async function turnOn(requests: TableRequests): Promise<void> {
  const { TableName, TimeToLiveSpecification } = requests.definition;
  // Refused: another process was quicker, or the setting was changed within the hour.
  const update = new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification });
  const done = await requests.attempt(update, updatedTimeToLive, ['ValidationException']);
  if (done !== null || (await isOn(requests))) return;
  throw requests.refusal(
    'DynamoDB does not turn its time to live on now: it was changed within the hour. Try again later',
  );
}

async function isOn(requests: TableRequests): Promise<boolean> {
  const { TableName, TimeToLiveSpecification: wanted } = requests.definition;
  const answer = await requests.attempt(new DescribeTimeToLiveCommand({ TableName }), describedTimeToLive);
  const { TimeToLiveStatus: status, AttributeName: name } = answer?.TimeToLiveDescription ?? {};
  if (status !== 'ENABLED' && status !== 'ENABLING') return false;
  if (name === wanted.AttributeName) return true;
  throw requests.refusal(
    `it deletes items by the attribute ${JSON.stringify(name)}, and this backend is set to ${JSON.stringify(wanted.AttributeName)}. ` +
      'A table has one such attribute: set ttlAttribute to it',
  );
}
