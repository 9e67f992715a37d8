import { CircuitryError, isCircuitryError, StorageError } from '@circuitry/core';
import { withoutAnswer } from './without-answer.js';

/** What the words of an error need to know. */
export interface FailedRequest {
  /** What was asked: `'GetItem'`, … */
  readonly operation: string;
  readonly tableName: string;
  readonly region: string;
  /** Whether a write may have happened although no answer came. */
  readonly ambiguous: boolean;
}

interface Advice {
  readonly what: string;
  readonly retriable: boolean;
  /** Whom it concerns; null: nobody knows. */
  readonly scope: 'circuit' | 'store' | null;
}

/** This library's error for a failure of the SDK, of the network or of DynamoDB, with a word on what to do. */
export function explain(failure: unknown, request: FailedRequest): CircuitryError {
  if (isCircuitryError(failure)) return failure;
  const { what, retriable, scope } = adviceFor(failure, request);
  const after = request.ambiguous
    ? ' Whether the write happened is not known; it was not sent again, because a second one could count twice.'
    : '';
  const where = `${request.operation} on table ${JSON.stringify(request.tableName)} in ${request.region}`;
  return new StorageError(`${where} failed: ${what}${after}`, {
    cause: withoutAnswer(failure),
    retriable,
    ambiguous: request.ambiguous,
    ...(scope === null ? {} : { scope }),
  });
}

/** What was known of a request when its caller gave it up. */
export interface GivenUp extends FailedRequest {
  /** How often it was sent. */
  readonly attempts: number;
  /** One of them was still without an answer. */
  readonly pending: boolean;
  /** What the last of them that was answered failed with; undefined: none did. */
  readonly failure: unknown;
}

/**
 * This library's error for a request that its caller gave up: with the last failure that is known by then, for that is
 * what an operator has to mend.
 */
export function explainAbort(reason: unknown, request: GivenUp): unknown {
  // A closed backend says so itself.
  if (isCircuitryError(reason, 'ERR_CLOSED')) return reason;
  const { attempts, pending, failure, ambiguous } = request;
  const where = `${request.operation} on table ${JSON.stringify(request.tableName)} in ${request.region}`;
  const after = ambiguous ? ' The write may have happened.' : '';
  const when = `when its signal was aborted (${messageOf(reason)})`;
  if (failure === undefined) {
    const what = attempts === 0 ? 'had not been sent yet' : 'had no answer';
    return new StorageError(`${where} ${what} ${when}.${after}`, { cause: reason, ambiguous });
  }
  const { what, retriable, scope } = adviceFor(failure, request);
  const failures = pending ? attempts - 1 : attempts;
  const next = pending ? `Attempt ${attempts} had no answer yet` : 'The SDK waited to send it again';
  // The failure first: where a line is cut, it is cut at its end.
  return new StorageError(
    `${where} failed ${failures === 1 ? 'once' : `${failures} times`}: ${what} ${next} ${when}.${after}`,
    { cause: withoutAnswer(failure), retriable, ambiguous, ...(scope === null ? {} : { scope }) },
  );
}

/** An update was answered as done, without the item that it was asked for. */
export function withoutItem(tableName: string, region: string): CircuitryError {
  return new StorageError(
    `UpdateItem on table ${JSON.stringify(tableName)} in ${region} was answered as done, but without the item, which DynamoDB ` +
      'never leaves out. Check the endpoint, and what stands between. The write may have happened.',
    { ambiguous: true },
  );
}

function adviceFor(error: unknown, { operation, tableName, region }: FailedRequest): Advice {
  const { name = '', code } = (error ?? {}) as { name?: string; code?: unknown };
  const table = JSON.stringify(tableName);
  switch (name) {
    case 'ProvisionedThroughputExceededException':
      return temporary(
        'DynamoDB throttles the table, or one circuit’s partition, for it is asked for more than its capacity. ' +
          'Raise the table’s provisioned capacity or make it on-demand; spread one very busy circuit with `consistency: { maxStaleness }`.',
        'circuit',
      );
    case 'ThrottlingException':
    case 'Throttling':
    case 'RequestLimitExceeded':
      return temporary('DynamoDB throttles this account or table. It passes; if it stays, ask AWS for a higher quota.');
    case 'TransactionConflictException':
    case 'TransactionInProgressException':
    case 'ReplicatedWriteConflictException':
      return temporary(
        'another transaction or region was writing this item. It passes; keep circuits out of your own transactions and in one region.',
        'circuit',
      );
    case 'ResourceNotFoundException':
      return lasting(
        `there is no table ${table} in ${region}, or it is not ACTIVE yet. Create it with createCircuitTable(), or check tableName and the client’s region.`,
        'store',
      );
    case 'ExpiredTokenException':
    case 'ExpiredToken':
    case 'RequestExpired':
      return lasting(
        'the AWS credentials have expired. Renew them, or give the client a provider that refreshes them.',
        'store',
      );
    case 'UnrecognizedClientException':
    case 'InvalidSignatureException':
    case 'IncompleteSignatureException':
    case 'MissingAuthenticationTokenException':
    case 'InvalidClientTokenId':
    case 'SignatureDoesNotMatch':
      return lasting(
        `AWS does not accept the credentials or the signature (${messageOf(error)}). Check the keys, the region ${region} and this machine’s clock.`,
        'store',
      );
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      return lasting(
        'the SDK found no AWS credentials. Configure some for this process, or pass them to the client.',
        'store',
      );
    case 'AccessDeniedException':
    case 'NotAuthorized':
      return lasting(
        `the credentials may not do dynamodb:${operation} on it (${messageOf(error)}). Allow it in the IAM policy; the README of @circuitry/backend-dynamodb has the least that is needed.`,
      );
    case 'ValidationException':
      if (/item size/i.test(messageOf(error))) {
        return lasting(
          'the item would be larger than DynamoDB’s 400 KB, so nothing was written. No circuit of this library’s grows so far: ' +
            'look at what else was put into the item, then delete the circuit to start it afresh.',
        );
      }
      return lasting(
        `DynamoDB refuses the request (${messageOf(error)}). Where it speaks of the key, the table has another one: set partitionKey and sortKey to the table’s.`,
      );
    case 'UnknownOperationException':
      return lasting(`this server does not know ${operation}. It is not AWS’s: use a newer or another emulator.`);
    case 'InternalServerError':
    case 'ServiceUnavailable':
    case 'ServiceUnavailableException':
      return temporary(`DynamoDB had a fault of its own (${messageOf(error)}). It passes.`);
    case 'TimeoutError':
      return temporary(
        `no answer came within the client’s own time limits (${messageOf(error)}). Check the network, the endpoint and any proxy.`,
      );
    case 'SyntaxError':
    case 'Unknown':
      return ofStranger(error);
    default:
      // The SDK has no name of its own for this one.
      if (messageOf(error) === 'Region is missing')
        return lasting(
          'the client knows no region. Give it one, new DynamoDBClient({ region }), or set AWS_REGION.',
          'store',
        );
      return typeof code === 'string'
        ? ofNetwork(code, error, region)
        : temporary(`${name || 'an error'}: ${messageOf(error)}.`);
  }
}

/** An answer that is no answer of DynamoDB's: an error page of a proxy, a load balancer, a captive network. */
function ofStranger(error: unknown): Advice {
  const { $metadata, $response } = error as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  };
  const headers = $response?.headers ?? {};
  const sender = headers['server'] ?? headers['via'];
  const isOurs = headers['x-amzn-requestid'] !== undefined;
  const from = isOurs ? 'DynamoDB' : sender === undefined ? 'an unnamed sender' : JSON.stringify(sender.slice(0, 100));
  const type = headers['content-type'] === undefined ? '' : `, ${headers['content-type'].slice(0, 100)}`;
  return temporary(
    `the answer was not one of DynamoDB’s protocol: HTTP status ${$metadata?.httpStatusCode ?? 'unknown'}${type}, from ${from}. ` +
      'Check the endpoint, and what stands between: a proxy, a load balancer, a firewall.',
  );
}

function ofNetwork(code: string, error: unknown, region: string): Advice {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return temporary(
      `its host could not be found (${messageOf(error)}). Check the network and DNS, the endpoint and the region ${region}.`,
      'store',
    );
  }
  return temporary(
    `it could not be reached (${code}: ${messageOf(error)}). Check the network, the endpoint and any proxy.`,
    // A connection that broke is one of many.
    /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/.test(code) ? 'store' : null,
  );
}

function temporary(what: string, scope: Advice['scope'] = null): Advice {
  return { what, retriable: true, scope };
}

function lasting(what: string, scope: Advice['scope'] = null): Advice {
  return { what, retriable: false, scope };
}

function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' && message !== '' ? message.replace(/[.\s]+$/, '') : String(error);
}
