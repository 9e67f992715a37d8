import type { Answer } from '../time/response-date.js';

/** An answer as the SDK's HTTP handler gives it. */
export interface HttpAnswer extends Answer {
  readonly body?: unknown;
}

/** What DynamoDB says of each body: an emulator that numbers no requests says it as well. */
const ownType = /^application\/x-amz-json-/;

/**
 * A success that is none of DynamoDB's: the page of a proxy, a load balancer or a captive network. It bears neither the
 * request's id nor DynamoDB's content type; or it says what DynamoDB never says.
 *
 * An empty one, taken for DynamoDB's, would say that there is no item, and so close every circuit; or that a write was
 * done. It has the shape of the SDK's own errors for what it can't read.
 */
export class StrangersAnswer extends Error {
  readonly $metadata: { readonly httpStatusCode?: number | undefined };
  readonly $response: HttpAnswer;

  /** @param cause what it failed on, where it looked like DynamoDB's own */
  constructor(answer: HttpAnswer, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Unknown';
    this.$metadata = { httpStatusCode: answer.statusCode };
    this.$response = answer;
  }

  /** @throws StrangersAnswer for a success that is not DynamoDB's */
  static refuse(answer: HttpAnswer): void {
    const { statusCode = 0, headers = {}, body } = answer;
    const isOurs = headers['x-amzn-requestid'] !== undefined || ownType.test(headers['content-type'] ?? '');
    if (statusCode >= 300 || isOurs) return;
    // Nobody reads it: its connection goes with it.
    (body as { destroy?: () => void } | undefined)?.destroy?.();
    throw new StrangersAnswer(answer, 'The answer bears no request id of DynamoDB’s.');
  }
}
