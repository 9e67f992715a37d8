import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as DynamoDB's protocol has it: each value tagged with its type, numbers as text. */
export type Item = Record<string, AttributeValue>;

/** A number as DynamoDB takes it: as text, exact for every safe integer. */
export function numberValue(value: number): AttributeValue {
  return { N: String(value) };
}

/** A text as DynamoDB takes it. */
export function textValue(value: string): AttributeValue {
  return { S: value };
}
