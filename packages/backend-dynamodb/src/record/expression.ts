import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { counterValue, numberValue } from './item.js';

/** The most bytes of one expression: DynamoDB's 4 KB. */
const longestExpression = 4_096;
/** The most operators and functions of one expression. */
const mostOperators = 300;

/**
 * Collects the names and values of a request's expressions behind placeholders, so that an attribute's name is never
 * parsed: any name is safe, reserved words, dots, spaces and emoji included.
 */
export class Placeholders {
  readonly #names = new Map<string, string>();
  readonly #values: Record<string, AttributeValue> = {};
  readonly #numbers = new Map<number, string>();
  #count = 0;

  /** The placeholder of an attribute's name. */
  name(attributeName: string): string {
    let placeholder = this.#names.get(attributeName);
    if (placeholder === undefined) {
      placeholder = `#${this.#names.size.toString(36)}`;
      this.#names.set(attributeName, placeholder);
    }
    return placeholder;
  }

  /** The placeholder of a value. */
  value(value: AttributeValue): string {
    const placeholder = `:${this.#count.toString(36)}`;
    this.#count += 1;
    this.#values[placeholder] = value;
    return placeholder;
  }

  /** The placeholder of a number: one for all places where it stands, for most counters grow by the same. */
  number(value: number): string {
    let placeholder = this.#numbers.get(value);
    if (placeholder === undefined) {
      placeholder = this.value(numberValue(value));
      this.#numbers.set(value, placeholder);
    }
    return placeholder;
  }

  /** The placeholder of a counter's value, which must be one. */
  counter(name: string, value: number): string {
    counterValue(name, value);
    return this.number(value);
  }

  /** What a request takes beside its expressions. DynamoDB refuses an empty map of values. */
  toInput(): {
    ExpressionAttributeNames: Record<string, string>;
    ExpressionAttributeValues?: Record<string, AttributeValue>;
  } {
    const names: Record<string, string> = {};
    for (const [attributeName, placeholder] of this.#names) names[placeholder] = attributeName;
    return this.#count === 0
      ? { ExpressionAttributeNames: names }
      : { ExpressionAttributeNames: names, ExpressionAttributeValues: this.#values };
  }
}

/**
 * Whether DynamoDB takes this expression. Counted the careful way: each comparison, connective, function, `+` and
 * each pair of an `ADD` is one operator, though AWS documents fewer.
 */
export function fits(expression: string): boolean {
  if (expression.length > longestExpression) return false;
  const operators = expression.match(/[=<>+,]+|\b(?:AND|OR|NOT|IN|BETWEEN)\b|[a-z_]+\(/g);
  return operators === null || operators.length <= mostOperators;
}
