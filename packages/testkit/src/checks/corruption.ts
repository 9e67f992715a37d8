import { isCircuitryError, type CorruptRecordError } from '@circuitry/core';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import { show } from '../conformance/telling/show.js';
import { longTtl, mustEqual, recordOf } from './records.js';
import { mustRejectWith } from './rejections.js';

export const corruption: readonly Check[] = [
  check(
    'E3',
    'over a corrupt record retrieve, apply and store reject, naming circuit and field',
    async ({ open }) => {
      const session = await open();
      const a = await session.connect();
      const b = await session.connect();
      await a.store(
        'circuit',
        null,
        recordOf(3, { state: 'open', since: 1, expiresAt: 2, counters: { n: 1 } }),
        longTtl,
      );
      await session.corrupt('circuit');
      const cause =
        'What can’t be read is taken for “no record”, repaired, or handed on. (Or the harness’s `corrupt` does nothing.)';
      const verbs: readonly (readonly [string, () => Promise<unknown>])[] = [
        ['retrieve', () => b.retrieve('circuit')],
        ['apply with the revision that was there', () => b.apply('circuit', 3, { add: { n: 1 } }, longTtl)],
        ['store from null', () => b.store('circuit', null, recordOf(4), longTtl)],
        ['store with the revision that was there', () => b.store('circuit', 3, recordOf(4), longTtl)],
        ['retrieve by the handle that wrote it', () => a.retrieve('circuit')],
      ];
      for (const [verb, call] of verbs) {
        const did = `damaged the stored record; ${verb}`;
        const error = (await mustRejectWith('ERR_CORRUPT_RECORD', call, { did, cause })) as CorruptRecordError;
        must(
          isCircuitryError(error) &&
            error.circuitName === 'circuit' &&
            typeof error.field === 'string' &&
            error.field !== '',
          () => ({
            did,
            expected: 'an error whose `circuitName` is "circuit" and whose `field` says what is wrong',
            seen: `circuitName ${show(error.circuitName)}, field ${show(error.field)}`,
            cause: 'The name that is reported is the key in the store, or the field is left empty.',
          }),
        );
      }
    },
    ['corrupt'],
  ),

  check(
    'E3',
    'a corrupt record is left as it is, and delete removes it',
    async ({ open }) => {
      const session = await open();
      const a = await session.connect();
      await a.store('circuit', null, recordOf(3), longTtl);
      await session.corrupt('circuit');
      const cause = 'A write goes through before the record is looked at, or delete reads the record first.';
      await a.store('circuit', null, recordOf(4), longTtl).catch(() => 'refused, as it should be');
      await a.store('circuit', 3, recordOf(4), longTtl).catch(() => 'refused, as it should be');
      await a.apply('circuit', 3, { set: { n: 1 } }, longTtl).catch(() => 'refused, as it should be');
      await mustRejectWith('ERR_CORRUPT_RECORD', () => a.retrieve('circuit'), {
        did: 'damaged the record, tried to write over it three times, then retrieved',
        cause,
      });
      await a.delete('circuit');
      mustEqual(null, (await a.retrieve('circuit')).record, {
        did: 'damaged the record, deleted it, retrieved',
        cause,
      });
      const created = await a.store('circuit', null, recordOf(5), longTtl);
      must(created.applied, {
        did: 'damaged the record, deleted it, stored from null',
        expected: 'applied',
        seen: 'not applied',
        cause,
      });
    },
    ['corrupt'],
  ),
];
