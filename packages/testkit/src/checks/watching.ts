import type { WatchEvent } from '@circuitry/core';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { hearUncaught } from '../conformance/uncaught.js';
import { show } from '../conformance/telling/show.js';
import { longTtl, mustEqual, recordOf } from './records.js';

/** How long an event may take to arrive. */
const arrival = 5_000;

export const watching: readonly Check[] = [
  check(
    'W1',
    'watch hands every listener each applied store of any client, with the record',
    async ({ handles, time }) => {
      const [a, b] = (await handles(2)) as [Handle, Handle];
      const seen: Record<'A' | 'A again' | 'B', WatchEvent[]> = { A: [], 'A again': [], B: [] };
      await a.watch((event) => void seen.A.push(event));
      await a.watch((event) => void seen['A again'].push(event));
      await b.watch((event) => void seen.B.push(event));
      const records = [
        recordOf(1, { counters: { n: 1 } }),
        recordOf(2, { state: 'open', generation: 1, openings: 1, since: 5, expiresAt: 9, by: 'B' }),
        recordOf(3, { override: { state: 'closed', reason: 'drill', by: 'ops', until: null } }),
      ];
      await a.store('circuit', null, records[0]!, longTtl);
      await b.store('circuit', 1, records[1]!, longTtl);
      const lost = await a.store('circuit', 1, recordOf(99), longTtl);
      await a.store('circuit', 2, records[2]!, longTtl);
      const did = 'A watches twice and B once; A, B and A stored, and one store of A in between was lost';
      const cause =
        'A process’s own stores are left out, only one listener is kept, the record is not handed on, or it is announced before it is known to be applied.';
      must(!lost.applied, { did, expected: 'that store is lost', seen: 'it was applied', cause: 'See S1.' });
      for (const [who, events] of Object.entries(seen)) {
        await time.eventually(() => events.length >= records.length, arrival);
        const transitions = events.filter((event) => event.type === 'transition');
        must(transitions.length === records.length, {
          did,
          expected: `${records.length} transitions for the listener ${who}`,
          seen: `${transitions.length}`,
          cause,
        });
        for (const [index, event] of transitions.entries()) {
          must(event.name === 'circuit', { did, expected: 'the name "circuit"', seen: show(event.name), cause });
          mustEqual(records[index]!, event.record, {
            did: `${did}: transition ${index + 1} for the listener ${who}`,
            cause,
          });
        }
      }
    },
    ['watch'],
  ),

  check(
    'W1',
    'watch hands on nothing but stores: an apply is told to nobody',
    async ({ handles, time }) => {
      const [a, b] = (await handles(2)) as [Handle, Handle];
      const events: WatchEvent[] = [];
      await a.watch((event) => void events.push(event));
      await a.store('circuit', null, recordOf(1), longTtl);
      for (const handle of [a, b, a, b]) await handle.apply('circuit', 1, { add: { n: 1 } }, longTtl);
      await b.apply('circuit', 9, { add: { n: 1 } }, longTtl);
      await b.store('last', null, recordOf(1), longTtl);
      const isLast = (event: WatchEvent): boolean => event.type === 'transition' && event.name === 'last';
      await time.eventually(() => events.some(isLast), arrival);
      await time.pause(50);
      const told = events.filter((event) => event.type === 'transition' && !isLast(event)).length;
      must(told === 1, {
        did: 'A watches; a record was stored and applied to five times, then another was stored',
        expected: 'one event for the record that was applied to',
        seen: `${told}`,
        cause:
          'Every write is announced, for example by a trigger on the row or the store’s own notices of keys. Applies are the hot path: each would wake every process of the fleet.',
      });
    },
    ['watch'],
  ),

  check(
    'W2',
    'a watcher stops when told, and the others go on',
    async ({ handles, time }) => {
      const [a, b] = (await handles(2)) as [Handle, Handle];
      const stopped: WatchEvent[] = [];
      const going: WatchEvent[] = [];
      const stop = await a.watch((event) => void stopped.push(event));
      await a.watch((event) => void going.push(event));
      await b.store('before', null, recordOf(1), longTtl);
      await time.eventually(() => stopped.length > 0 && going.length > 0, arrival);
      await stop();
      const before = stopped.length;
      await b.store('after', null, recordOf(1), longTtl);
      const arrived = await time.eventually(
        () => going.some((event) => event.type === 'transition' && event.name === 'after'),
        arrival,
      );
      await time.pause(50);
      const did = 'two watchers on A; the first was told to stop; then B stored';
      must(arrived, {
        did,
        expected: 'the second hears of it',
        seen: 'nothing',
        cause: 'Stopping one ends the subscription that all share.',
      });
      must(stopped.length === before, {
        did,
        expected: 'the first hears nothing more',
        seen: `${stopped.length - before} events`,
        cause: 'The listener is not removed.',
      });
    },
    ['watch'],
  ),

  check(
    'W3',
    'after an outage a watch resumes, and says that it may have missed some',
    async ({ open, time }) => {
      const session = await open();
      const [a, b] = (await session.connectMany(2)) as [Handle, Handle];
      const events: WatchEvent[] = [];
      await a.watch((event) => void events.push(event));
      await session.beginOutage();
      await time.pause(100);
      await session.endOutage();
      const began = time.now();
      let revision = 0;
      const resumed = await time.eventually(
        async () => {
          const name = `circuit ${(revision += 1)}`;
          await b.store(name, null, recordOf(revision), longTtl).catch(() => 'not back yet');
          return events.some((event) => event.type === 'transition');
        },
        10_000,
        100,
      );
      const did = 'A watches; the store went away and came back; B stores every 100 ms';
      must(resumed, {
        did,
        expected: 'transitions again within 10 s',
        seen: `none in ${time.now() - began} ms`,
        cause: 'The subscription is made once, and not again after the client reconnects.',
      });
      await time.eventually(() => events.some((event) => event.type === 'missed'), arrival);
      must(
        events.some((event) => event.type === 'missed'),
        {
          did,
          expected: "an event { type: 'missed' }",
          seen: 'none',
          cause: 'Resuming is silent, so that a view believes that nothing happened meanwhile.',
        },
      );
    },
    ['watch', 'outage'],
  ),

  check(
    'W4',
    'a listener that throws harms nobody',
    async ({ handles, time }) => {
      const [a, b] = (await handles(2)) as [Handle, Handle];
      let thrown = 0;
      const others: WatchEvent[] = [];
      const errors = new Set<unknown>();
      const uncaught = hearUncaught(errors);
      await a.watch((event) => {
        if (event.type !== 'transition' || !event.name.startsWith('told to ')) return;
        thrown += 1;
        const error = new Error('this listener of the testkit throws, as a faulty metric would');
        errors.add(error);
        throw error;
      });
      await a.watch((event) => {
        if (event.type === 'transition' && event.name.startsWith('told to ')) others.push(event);
      });
      const did = 'two watchers on A, of which the first throws; A and B stored';
      const cause = 'Listeners are called in the writer’s own call or in one loop, without a catch each.';
      const own = await a.store('told to one', null, recordOf(1), longTtl).catch(() => null);
      if (own?.applied !== true) uncaught.stop();
      must(own?.applied === true, {
        did,
        expected: 'A’s store is applied',
        seen: own === null ? 'it rejected' : 'not applied',
        cause,
      });
      await b.store('told to two', null, recordOf(1), longTtl);
      await time.eventually(() => others.length >= 2 && thrown >= 2, arrival);
      await time.pause(50);
      uncaught.stop();
      must(uncaught.heard.length === 0, {
        did,
        expected: 'what the listener throws is caught by who calls it',
        seen: 'nobody caught it: it was thrown from a timer, an event or a promise that nobody awaits',
        cause:
          'Listeners are called from the client’s own events or from a timer, without a catch each. In a worker that ends the process.',
      });
      must(others.length === 2, { did, expected: 'two events for the other watcher', seen: `${others.length}`, cause });
      must(thrown === 2, { did, expected: 'two events for the one that throws as well', seen: `${thrown}`, cause });
    },
    ['watch'],
  ),
];
