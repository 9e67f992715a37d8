import { randomUUID } from 'node:crypto';
import { contractVersion, isCircuitryError, systemClock, type StorageBackend } from '@circuitry/core';
import { askStoreClock, type StoreClock } from '../circuits/store-clock.js';
import { viewOf, type ShownState } from '../circuits/view.js';
import { TimeLimit, within } from '../store/time-limit.js';
import { fault, ok, skipped, warning, type Finding } from './finding.js';
import { messageOf } from '../faults.js';
import { probe, type Patient } from './patient.js';
import { examinePush } from './push.js';

/** Beyond it workers without the store's clock open and close circuits at visibly different times, ms. */
const mostSkew = 1_000;
/** The record that is written lives as long, should its removal fail, ms. */
const ttl = 60_000;

/** What can be seen of any backend, through the contract alone. */
export async function* examineContract(patient: Patient): AsyncGenerator<Finding> {
  const { backend, timeout, signal } = patient;
  let clock: StoreClock;
  try {
    clock = await within(timeout, signal, (limit) => askStoreClock(backend, limit));
  } catch (error) {
    yield fault('reachable', messageOf(error), 'Nothing else can be looked at before the store answers.');
    return;
  }
  yield ok('reachable', `it answers in ${clock.roundTrip} ms`);
  yield contractOf(backend);
  yield skewOf(clock);
  if (patient.mayWrite) {
    yield* examineVerbs(patient, clock);
    yield await examinePush(patient);
  } else yield skipped('verbs', 'writing, locking and push: --read-only');
  yield await countStates(patient, clock);
}

function contractOf({ contractVersion: found }: StorageBackend): Finding {
  return (found as number) === contractVersion
    ? ok('contract', `version ${found}`)
    : fault(
        'contract',
        `version ${String(found)}`,
        `This core speaks version ${contractVersion}: upgrade whichever is older.`,
      );
}

function skewOf({ ahead, roundTrip }: StoreClock): Finding {
  if (ahead === null)
    return ok('clock', 'the store tells no time: workers decide by their own clocks. Keep them synchronised, by NTP');
  const skew = `this machine is ${Math.abs(ahead)} ms ${ahead > 0 ? 'behind' : 'ahead of'} the store, give or take ${Math.ceil(roundTrip / 2)} ms`;
  return Math.abs(ahead) <= mostSkew + roundTrip / 2
    ? ok('clock', skew)
    : warning(
        'clock',
        skew,
        'Circuits go by the store’s clock, so nothing breaks. Synchronise this machine all the same: logs disagree.',
      );
}

/** Each verb of the contract, on a circuit of its own. */
async function* examineVerbs({ backend, timeout, signal }: Patient, clock: StoreClock): AsyncGenerator<Finding> {
  const name = `circuitry-cli/doctor/${randomUUID()}`;
  const verbs: readonly [string, (signal: AbortSignal) => Promise<unknown>][] = [
    ['store', (limit) => backend.store(name, null, probe(clock.now()), { ttl, signal: limit })],
    ['apply', (limit) => backend.apply(name, 1, { add: { 'total.successes': 1 } }, { ttl, signal: limit })],
    [
      'lock',
      async (limit) => {
        const lease = await backend.lock(name, { lease: ttl, signal: limit });
        await lease.extend(ttl);
        await lease.release();
      },
    ],
    ['delete', (limit) => backend.delete(name, { signal: limit })],
  ];
  for (const [verb, work] of verbs) {
    try {
      await within(timeout, signal, work);
      yield ok(verb, 'works');
    } catch (error) {
      yield fault(verb, messageOf(error), adviceFor(error, verb));
    }
  }
}

function adviceFor(error: unknown, verb: string): string {
  if (isCircuitryError(error, 'ERR_STORAGE'))
    return 'The message above says what to do; if it speaks of rights, see the rights below.';
  return `The backend breaks the storage contract at ${verb}. npx @circuitry/testkit says where.`;
}

async function countStates({ backend, timeout, signal }: Patient, clock: StoreClock): Promise<Finding> {
  const counts: Record<ShownState, number> = {
    open: 0,
    'half-open': 0,
    'forced-open': 0,
    'forced-closed': 0,
    closed: 0,
  };
  const limit = new TimeLimit(timeout, signal);
  const began = systemClock.now();
  let all = 0;
  try {
    for await (const { name, record } of backend.list({ signal: limit.signal })) {
      limit.renew();
      all += 1;
      const { state } = viewOf(name, record, clock.now());
      counts[state] += 1;
    }
  } catch (error) {
    if (isCircuitryError(error, 'ERR_CORRUPT_RECORD'))
      return fault(
        'circuits',
        messageOf(error),
        'Its callers are served by onStorageFailure. Remove that record: circuitry reset does not, delete it in the store.',
      );
    return fault('circuits', messageOf(error), 'Listing needs a right of its own; see the rights below.');
  } finally {
    limit.end();
  }
  const words = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
  return ok('circuits', `${all}${words === '' ? '' : `: ${words}`}; listed in ${systemClock.now() - began} ms`);
}
