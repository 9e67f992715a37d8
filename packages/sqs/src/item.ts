/** One message of a batch, as this package handles it; `source` is what the user gets to see. */
export interface Item<Source> {
  readonly source: Source;
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** As SendMessage takes them. */
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** The group of a FIFO queue; null: order means nothing. Standard queues have groups too, for fairness. */
  readonly group: string | null;
  readonly queueUrl: string | null;
}

interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}

/** A record of a Lambda event, as far as it is looked at; the type of `@types/aws-lambda` fits. */
export interface SQSRecordLike {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly eventSourceARN: string;
  readonly attributes: { readonly MessageGroupId?: string | undefined };
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
  readonly MessageId?: string | undefined;
  readonly ReceiptHandle?: string | undefined;
  readonly Body?: string | undefined;
  readonly Attributes?: Readonly<Partial<Record<string, string>>> | undefined;
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
    group: eventSourceARN.endsWith('.fifo') ? (attributes.MessageGroupId ?? '') : null,
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
    group: queueUrl.endsWith('.fifo') ? (Attributes?.MessageGroupId ?? '') : null,
    queueUrl,
  };
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
