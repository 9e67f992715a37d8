/** One message of a batch, as this package handles it; `source` is what the user gets to see. */
export interface Item<Source> {
  readonly source: Source;
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** As SendMessage takes them. */
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** The group of a FIFO queue; null: order means nothing. */
  readonly group: string | null;
  /** The group of a standard queue, by which it is fair to its tenants; null: none. A copy has the same. */
  readonly fairGroup: string | null;
  readonly queueUrl: string | null;
}

interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}

/** A record of a Lambda event, as far as it is looked at; the type of `@types/aws-lambda` fits. */
export interface SQSRecordLike {
  /** The message's own id. Lambda is told by it what was not done. */
  readonly messageId: string;
  /** The handle of this one receipt: the message's visibility is changed by it. */
  readonly receiptHandle: string;
  /** The message's text. A copy has the same. */
  readonly body: string;
  /** The queue's ARN. It gives the default of `queueUrl`; one that ends in `.fifo` is a FIFO queue's. */
  readonly eventSourceARN: string;
  /** What SQS says of the message: its group is read. In a FIFO queue no message of a group overtakes another. */
  readonly attributes: { readonly MessageGroupId?: string | undefined };
  /** The sender's own attributes by their names, bytes in base64. A copy has the same. */
  readonly messageAttributes: Readonly<
    Record<
      string,
      {
        readonly dataType: string;
        readonly stringValue?: string | undefined;
        readonly binaryValue?: string | undefined;
      }
    >
  >;
}

/** A message that ReceiveMessage answered, as far as it is looked at; the SDK's own type fits. */
export interface MessageLike {
  /** The message's own id. */
  readonly MessageId?: string | undefined;
  /** The handle of this one receipt: the message's visibility is changed by it. */
  readonly ReceiptHandle?: string | undefined;
  /** The message's text. A copy has the same. */
  readonly Body?: string | undefined;
  /** What SQS says of the message, as far as it was asked: `MessageGroupId` is read. A copy has the same. */
  readonly Attributes?: Readonly<Partial<Record<string, string>>> | undefined;
  /** The sender's own attributes, as far as they were asked for. A copy has these and no others. */
  readonly MessageAttributes?: Readonly<Record<string, unknown>> | undefined;
}

export function itemOfRecord<Source extends SQSRecordLike>(source: Source, queueUrl: string | undefined): Item<Source> {
  const { messageId, receiptHandle, body, eventSourceARN, attributes, messageAttributes } = source;
  return {
    source,
    id: messageId,
    receiptHandle,
    body,
    attributes: Object.fromEntries(Object.entries(messageAttributes ?? {}).map(([name, each]) => [name, sent(each)])),
    ...groupsOf(eventSourceARN, attributes.MessageGroupId),
    queueUrl: queueUrl ?? urlOf(eventSourceARN),
  };
}

export function itemOfMessage<Source extends MessageLike>(source: Source, queueUrl: string): Item<Source> {
  const { MessageId = '', ReceiptHandle = '', Body = '', Attributes, MessageAttributes } = source;
  return {
    source,
    id: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: (MessageAttributes ?? {}) as Item<Source>['attributes'],
    ...groupsOf(queueUrl, Attributes?.MessageGroupId),
    queueUrl,
  };
}

function groupsOf(queue: string, given: string | undefined): Pick<Item<unknown>, 'group' | 'fairGroup'> {
  return queue.endsWith('.fifo') ? { group: given ?? '', fairGroup: null } : { group: null, fairGroup: given ?? null };
}

/** Lambda writes an attribute's bytes in base64. */
function sent({ dataType, stringValue, binaryValue }: SQSRecordLike['messageAttributes'][string]): MessageAttribute {
  if (binaryValue !== undefined) {
    return { DataType: dataType, BinaryValue: Uint8Array.from(atob(binaryValue), (char) => char.charCodeAt(0)) };
  }
  return { DataType: dataType, ...(stringValue === undefined ? {} : { StringValue: stringValue }) };
}

function urlOf(arn: string): string | null {
  const [, partition, , region, account, name] = arn.split(':');
  if (name === undefined) return null;
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://sqs.${region}.${domain}/${account}/${name}`;
}
