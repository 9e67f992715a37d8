import type { SQSEvent, SQSRecord } from 'aws-lambda';

// Field by field the examples of AWS' Lambda Developer Guide, "Using Lambda with Amazon SQS": "Example standard queue message
// event" and "Example FIFO queue message event" (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html). The second FIFO
// message is the first with an id, a handle and a number of its own.

const common = {
  body: 'Test message.',
  md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
  eventSource: 'aws:sqs',
  awsRegion: 'us-east-2',
};

export const standardEvent: SQSEvent = {
  Records: [
    {
      ...common,
      messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
      receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1545082649183',
        SenderId: 'AIDAIENQZJOLO23YVJ4VO',
        ApproximateFirstReceiveTimestamp: '1545082649185',
      },
      messageAttributes: {
        myAttribute: { stringValue: 'myValue', stringListValues: [], binaryListValues: [], dataType: 'String' },
      },
      eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:my-queue',
    },
    {
      ...common,
      messageId: '2e1424d4-f796-459a-8184-9c92662be6da',
      receiptHandle: 'AQEBzWwaftRI0KuVm4tP+/7q1rGgNqicHq...',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1545082650636',
        SenderId: 'AIDAIENQZJOLO23YVJ4VO',
        ApproximateFirstReceiveTimestamp: '1545082650649',
      },
      messageAttributes: {},
      eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:my-queue',
    },
  ],
};

const ofGroup: SQSRecord = {
  ...common,
  messageId: '11d6ee51-4cc7-4302-9e22-7cd8afdaadf5',
  receiptHandle: 'AQEBBX8nesZEXmkhsmZeyIE8iQAMig7qw...',
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1573251510774',
    SequenceNumber: '18849496460467696128',
    MessageGroupId: '1',
    SenderId: 'AIDAIO23YVJENQZJOL4VO',
    MessageDeduplicationId: '1',
    ApproximateFirstReceiveTimestamp: '1573251510774',
  },
  messageAttributes: {},
  eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:fifo.fifo',
};

export const fifoEvent: SQSEvent = {
  Records: [
    ofGroup,
    {
      ...ofGroup,
      messageId: '22d6ee51-4cc7-4302-9e22-7cd8afdaadf5',
      receiptHandle: 'AQEBCX8nesZEXmkhsmZeyIE8iQAMig7qw...',
      attributes: { ...ofGroup.attributes, SequenceNumber: '18849496460467696129', MessageDeduplicationId: '2' },
    },
  ],
};
