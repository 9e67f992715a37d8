import { expect, test } from '@jest/globals';
import type { WatchEvent } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { Inbox } from '../src/push/inbox.js';
import { writeRecord } from '../src/record/write-record.js';
import { aRecord } from './support/records.js';

const message = (name: string): string => `${writeRecord(aRecord())}\n${name}`;

function anInbox(): { clock: VirtualClock; inbox: Inbox; told: WatchEvent[] } {
  const clock = new VirtualClock();
  const told: WatchEvent[] = [];
  return { clock, told, inbox: new Inbox(clock, (event) => told.push(event)) };
}

test('A message is handed on with its name, whatever that is, and its record', () => {
  const { inbox, told } = anInbox();
  for (const name of ['acme', 'a\nb', '\n', '|', '__proto__']) inbox.take(message(name));
  expect(told.map((event) => (event.type === 'transition' ? event.name : event.type))).toEqual([
    ...['acme', 'a\nb', '\n', '|', '__proto__'],
  ]);
  expect(told[0]).toEqual({ type: 'transition', name: 'acme', record: aRecord() });
});

test('Whatever else comes in is told as something missed, once in a second however much it is', async () => {
  const { clock, inbox, told } = anInbox();
  const long = `${writeRecord(aRecord({ counters: { ['x'.repeat(100_000)]: 1 } }))}\nacme`;
  const garbage = [
    '',
    'x',
    '[]',
    '{}',
    'null',
    '\n',
    'x\ny',
    '2 x|\nacme',
    message('x'.repeat(2_000)),
    message('\ud800'),
    long,
  ];
  for (let round = 0; round < 1_000; round += 1) for (const each of garbage) inbox.take(each);
  expect(told).toEqual([{ type: 'missed' }]);
  await clock.advance('1s');
  inbox.take('x');
  expect(told).toEqual([{ type: 'missed' }, { type: 'missed' }]);
});

test('More than 5,000 messages in a second are not read; that some were missed is told, and afterwards all is as before', async () => {
  const { clock, inbox, told } = anInbox();
  for (let index = 0; index < 60_000; index += 1) inbox.take(message(`unknown ${index}`));
  expect(told).toHaveLength(5_001);
  expect(told.at(-1)).toEqual({ type: 'missed' });
  await clock.advance('1s');
  inbox.take(message('acme'));
  expect(told.at(-1)).toMatchObject({ type: 'transition', name: 'acme' });
});
