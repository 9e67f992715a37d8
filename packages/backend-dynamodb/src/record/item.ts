import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as DynamoDB's protocol has it: each value tagged with its type, numbers as text. */
export type Item = Record<string, AttributeValue>;

/** A number as DynamoDB takes it: as text, exact for every safe integer. */
export function numberValue(value: number): AttributeValue {
  return { N: String(value) };
}

/**
 * A counter's value as DynamoDB takes it.
 *
 * @throws RangeError for what no record may hold: it would damage the circuit
 */
export function counterValue(name: string, value: number): AttributeValue {
  if (Number.isSafeInteger(value)) return numberValue(value);
  throw new RangeError(`Counter ${JSON.stringify(name)} must be an integer within ±(2^53 − 1); it is ${value}.`);
}

/** A text as DynamoDB takes it. */
export function textValue(value: string): AttributeValue {
  return { S: value };
}
