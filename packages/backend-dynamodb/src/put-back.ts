import { StorageError } from '@circuitry/core';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { attribute } from './item/attributes.js';
import { Placeholders } from './item/expression.js';
import type { Item } from './item/item.js';
import { readCircuit } from './item/read-circuit.js';
import type { Call, Requests } from './requests/requests.js';

interface Replacement {
  readonly requests: Requests;
  readonly call: Call & { readonly name: string };
  readonly key: Item;
  /** What a put replaced; undefined: nothing. */
  readonly old: Item | undefined;
  /** What it put. */
  readonly put: Item;
  /** When, by the clock of its condition, ms. */
  readonly now: number;
}

/**
 * Refuses to have replaced a damaged item (clause E3).
 *
 * A put's answer holds what it replaced, at no cost. Damage that no condition can ask for (a fraction, a counter that
 * the put does not name) shows only there: then the old item is put back, unless another wrote since.
 *
 * @throws CorruptRecordError once the old item is back; StorageError, ambiguous, where it could not be put back
 */
export async function putBackIfCorrupt({ requests, call, key, old, put, now }: Replacement): Promise<void> {
  try {
    readCircuit(call.name, old, now);
  } catch (corrupt) {
    const to = new Placeholders();
    const isOurs = [attribute.revision, attribute.applies, attribute.by].map(
      (name) => `${to.name(name)} = ${to.value(put[name] as AttributeValue)}`,
    );
    const input = { Item: old, ConditionExpression: isOurs.join(' AND '), ...to.toInput() };
    const back = await requests.put(key, input, call).catch((error: unknown) => error as Error);
    if ('applied' in back && back.applied) throw corrupt;
    const why = back instanceof Error ? back.message : 'another worker wrote to it at once.';
    throw new StorageError(
      `A write to circuit ${JSON.stringify(call.name)} replaced a damaged item, which could not be put back: ${why}`,
      // As after a lost answer: whoever wrote finds out at its next read.
      { cause: corrupt, ambiguous: true },
    );
  }
}
