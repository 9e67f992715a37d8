import type { CircuitRecord, Override } from '@circuitry/core';
import { range } from '../concurrency/together.js';
import { check, type Check } from '../conformance/check.js';
import { CheckFailure, must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { showError } from '../conformance/telling/show.js';
import { longTtl, mustEqual, recordOf } from './records.js';

const largest = Number.MAX_SAFE_INTEGER;
const overrides: readonly Override[] = [
  { state: 'open', reason: 'maintenance; see "runbook"\n§4', by: 'ops@example.org', until: 1_800_000_000_000 },
  { state: 'open', reason: null, by: null, until: null },
  { state: 'closed', reason: '', by: 'Zoë 🚀', until: largest },
];
const counters = {
  a: 1,
  zero: 0,
  negative: -7,
  largest,
  smallest: -largest,
  float32: 16_777_217,
  int32: 2_147_483_648,
  int53: 1_801_439_850_948_199,
};

/** Records that between them hold every state, kind of override, and size of number. */
const samples: readonly CircuitRecord[] = [
  recordOf(1),
  recordOf(1_801_439_850_948_199, { since: 1_759_219_580_027, counters }),
  recordOf(largest, {
    generation: largest,
    openings: largest,
    since: largest,
    state: 'open',
    expiresAt: largest,
    by: '',
  }),
  recordOf(1_801_439_850_948_198, {
    state: 'open',
    generation: 3,
    openings: 2,
    since: 1_759_219_580_001,
    expiresAt: 1_759_219_640_001,
  }),
  recordOf(9, {
    state: 'half-open',
    generation: 3,
    openings: 2,
    since: 1,
    expiresAt: 0,
    counters: { 'trials.started': 1, 'trials.deadline': 1_759_219_640_001 },
  }),
  recordOf(10, { generation: 1, since: 5, expiresAt: 1_759_219_640_001, by: 'ключ ∂ "quoted" \\ {}' }),
  recordOf(11, { state: 'open', expiresAt: 9, lastFailure: '' }),
  recordOf(12, { state: 'open', expiresAt: 9, lastFailure: 'HTTPError 503' }),
  recordOf(13, { state: 'half-open', expiresAt: 9, lastFailure: `"${'ü\u0000'.repeat(83)}"\u2028` }),
  ...overrides.map((override, index) => recordOf(20 + index, { override })),
];

export const reading: readonly Check[] = [
  check(
    'V1',
    'the backend has the contract’s version and verbs, and never throws synchronously',
    async ({ handles }) => {
      const [handle] = (await handles(1)) as [Handle];
      const { raw } = handle;
      must((raw.contractVersion as unknown) === 1, {
        did: 'read `contractVersion` of the backend',
        expected: '1',
        seen: String(raw.contractVersion),
        cause: 'The property is missing, or stands on the class and not on its objects.',
      });
      const missing = (['retrieve', 'apply', 'store', 'lock', 'delete', 'list'] as const).filter(
        (verb) => typeof raw[verb] !== 'function',
      );
      must(missing.length === 0, {
        did: 'looked for the six verbs on the backend',
        expected: 'a function each',
        seen: `missing: ${missing.join(', ')}`,
        cause: 'A verb has another name, or `connect` answered something that wraps the backend.',
      });
      const calls = [
        ['retrieve', () => raw.retrieve('')],
        ['apply', () => raw.apply('', 1, {}, longTtl)],
        ['store', () => raw.store('', null, recordOf(1), longTtl)],
        ['lock', () => raw.lock('', { lease: 1_000 })],
        ['delete', () => raw.delete('')],
      ] as const;
      for (const [verb, call] of calls) {
        try {
          await call().catch(() => 'rejected, as it should');
        } catch (error) {
          throw new CheckFailure({
            did: `${verb} with an empty name`,
            expected: 'a promise that rejects',
            seen: `it threw synchronously: ${showError(error)}`,
            cause: 'The method checks its arguments before its first promise. Make it `async`.',
          });
        }
      }
    },
  ),

  check('R1', 'retrieve of an unknown name answers null and creates nothing', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const did = 'retrieved a name that was never stored, from two handles';
    const cause = 'A missing record is answered as an empty or default one, or reading inserts one.';
    for (const handle of [a, b, a]) mustEqual(null, (await handle.retrieve('nobody')).record, { did, cause });
    const listed = await a.list();
    must(listed.length === 0, {
      did: `${did}; then listed the store`,
      expected: 'nothing',
      seen: `${listed.length} records`,
      cause,
    });
    const created = await b.store('nobody', null, recordOf(5), longTtl);
    must(created.applied, { did: `${did}; then stored it from null`, expected: 'applied', seen: 'not applied', cause });
  }),

  check(
    'R2',
    'retrieve returns every write that was acknowledged before it began, by any handle',
    async ({ handles, random }) => {
      const all = await handles(3);
      let record = recordOf(1, { counters: { n: 0 } });
      const cause =
        'The read asks a replica or an eventually consistent copy, or is answered from a cache of this process.';
      await (all[0] as Handle).store('circuit', null, record, longTtl);
      for (const round of range(40)) {
        const writer = random.pick(all);
        if (random.chance(0.3)) {
          record = recordOf(record.revision + 1, { counters: { n: round }, by: `round-${round}` });
          await writer.store('circuit', record.revision - 1, record, longTtl);
        } else {
          record = { ...record, counters: { n: (record.counters['n'] as number) + 1 } };
          await writer.apply('circuit', record.revision, { add: { n: 1 } }, longTtl);
        }
        const did = `round ${round}: a write through ${writer.label} was acknowledged, then every handle retrieved`;
        const readings = await Promise.all(all.map((handle) => handle.retrieve('circuit')));
        for (const reading of readings) mustEqual(record, reading.record, { did, cause });
      }
    },
  ),

  check('R3', 'what was stored comes back equal, field by field', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause =
      'A field is left out of what is written or read, null becomes missing or empty, or numbers go through a float32, a 32-bit integer, a date in seconds or a string that is cut.';
    for (const [index, sample] of samples.entries()) {
      const name = `sample ${index}`;
      await a.store(name, null, sample, longTtl);
      mustEqual(sample, (await b.retrieve(name)).record, {
        did: `stored sample ${index} through A, retrieved it through B`,
        cause,
      });
    }
  }),

  check('R4', 'what a caller does afterwards to the objects it passed changes nothing', async ({ handles }) => {
    const [a] = (await handles(1)) as [Handle];
    const cause = 'The caller’s object is kept by reference. Copy it, its override and its counters.';
    const mine = { n: 1 };
    const override = { state: 'open' as const, reason: 'before', by: null, until: null };
    const record = { ...recordOf(1), override, counters: mine };
    const storing = a.store('circuit', null, record, longTtl);
    await storing;
    const delta = { m: 1 };
    await a.apply('circuit', 1, { set: delta }, longTtl);
    Object.assign(record, { state: 'open', revision: 99 });
    Object.assign(override, { reason: 'after' });
    mine.n = 42;
    delta.m = 42;
    const expected = recordOf(1, { override: { ...override, reason: 'before' }, counters: { n: 1, m: 1 } });
    mustEqual(expected, (await a.retrieve('circuit')).record, {
      did: 'stored a record and applied a delta, then changed the objects that had been passed, then retrieved',
      cause,
    });
  }),
];
