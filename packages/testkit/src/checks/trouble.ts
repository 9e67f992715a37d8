import type { CircuitRecord, ListOptions, NamedRecord } from '@circuitry/core';
import type { Time } from '../clock.js';
import { range } from '../concurrency/together.js';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show } from '../conformance/telling/show.js';
import { differences, longTtl, recordOf } from './records.js';

/** How long what changed may be told as it was, ms, and what a busy machine may add. */
const lag = 5_000;
const grace = 3_000;

const open = { state: 'open', generation: 1, openings: 1, since: 5, expiresAt: 1_759_219_640_001 } as const;
const forced = (state: 'open' | 'closed'): CircuitRecord['override'] => ({
  state,
  reason: 'drill',
  by: 'ops',
  until: null,
});

export const trouble: readonly Check[] = [
  check(
    'I3',
    'with only: "troubled" list yields what is not closed or under an override, and nothing else',
    async ({ handles, time }) => {
      const [a, b] = (await handles(2)) as [Handle, Handle];
      const kinds: readonly (readonly [string, Partial<CircuitRecord>])[] = [
        ['healthy', {}],
        ['mail/open', open],
        ['mail/half-open', { ...open, state: 'half-open', counters: { 'trials.started': 1 } }],
        ['mail/forced open', { override: forced('open') }],
        ['mail/forced closed', { override: forced('closed') }],
        ['open but forced closed', { ...open, override: forced('closed') }],
        ['mail/cleared in time', { expiresAt: 1_759_219_640_001 }],
      ];
      const all = new Map<string, CircuitRecord>();
      for (const copy of range(4)) {
        for (const [kind, more] of kinds) {
          const [name, record] = [`${kind} ${copy}`, recordOf(all.size + 1, more)];
          all.set(name, record);
          await a.store(name, null, record, longTtl);
        }
      }
      for (const options of [{}, { prefix: 'mail/' }, { pageSize: 2 }, { prefix: 'mail/', pageSize: 3 }]) {
        const wanted = new Map(
          [...all].filter(
            ([name, { state, override }]) =>
              (state !== 'closed' || override !== null) && name.startsWith(options.prefix ?? ''),
          ),
        );
        await mustList(time, b, options, wanted, {
          did: `stored ${all.size} circuits of which ${wanted.size} are to be listed; list(${show({ ...options, only: 'troubled' })})`,
          cause:
            '`only` is not looked at, looks at the state alone and not at the override, or is not joined with `prefix` and pages.',
        });
      }
    },
  ),

  check('I3', 'a circuit that gets into trouble, or out of it, is listed so within 5 s', async ({ handles, time }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const names = ['tripping', 'closing', 'deleted', 'over', 'counting'] as const;
    const first = (name: string): CircuitRecord => recordOf(1, name === 'tripping' ? {} : open);
    for (const name of names) await a.store(name, null, first(name), name === 'over' ? { ttl: 1_000 } : longTtl);
    await a.store('tripping', 1, recordOf(2, open), longTtl);
    await a.store('closing', 1, recordOf(2, { generation: 2 }), longTtl);
    await a.delete('deleted');
    await a.apply('counting', 1, { add: { n: 1 }, set: { 'told.until': 1_759_219_640_001 } }, longTtl);
    await time.pause(1_100);
    const counters = { n: 1, 'told.until': 1_759_219_640_001 };
    await mustList(
      time,
      b,
      {},
      new Map([
        ['tripping', recordOf(2, open)],
        ['counting', recordOf(1, { ...open, counters })],
      ]),
      {
        did: 'a circuit opened, an open one closed, one was deleted, one’s time was over, and one counts on; list({ "only": "troubled" })',
        cause:
          'The index is not kept with every store, outlives its record, is lost with an apply, or answers its own older copy of the record.',
      },
    );
  }),
];

async function mustList(
  time: Time,
  handle: Handle,
  options: ListOptions,
  wanted: ReadonlyMap<string, CircuitRecord>,
  { did, cause }: { readonly did: string; readonly cause: string },
): Promise<void> {
  let fault = '';
  const isRight = await time.eventually(
    async () => {
      fault = faultOf(wanted, await handle.list({ ...options, only: 'troubled' }));
      return fault === '';
    },
    lag + grace,
    250,
  );
  must(isRight, { did, expected: `within ${lag / 1_000} s ${show([...wanted.keys()], 300)}`, seen: fault, cause });
}

/** What is wrong with a listing; empty: nothing. */
function faultOf(wanted: ReadonlyMap<string, CircuitRecord>, listed: readonly NamedRecord[]): string {
  const found = new Map(listed.map(({ name, record }) => [name, record]));
  const missing = [...wanted.keys()].filter((name) => !found.has(name));
  if (missing.length > 0) return `missing: ${show(missing, 200)}`;
  const alien = [...found.keys()].filter((name) => !wanted.has(name));
  if (alien.length > 0) return `not to be listed: ${show(alien, 200)}`;
  for (const [name, record] of wanted) {
    const different = differences(record, found.get(name) as CircuitRecord);
    if (different.length > 0) return `of ${show(name)}: ${different.join('; ')}`;
  }
  return '';
}
