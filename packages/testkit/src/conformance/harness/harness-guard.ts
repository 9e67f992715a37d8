import type { StorageBackend } from '@circuitry/core';
import { z } from 'zod';
import type { Time } from '../../clock.js';
import { HarnessFault, type OpenStore, type StorageHarness, type StoreSuggestion } from './harness.js';

/** How long a call of the harness may take: long enough to start a server. */
const harnessLimit = 120_000;

const callable = z.custom<unknown>((value) => typeof value === 'function', 'must be a function');
const switchShape = z.object({ begin: callable, end: callable }, 'must be { begin, end }');
const harnessShape = z.object({ open: callable });
const storeShape = z.object({
  connect: callable,
  close: callable,
  outage: switchShape.optional(),
  lostReplies: switchShape.optional(),
  held: callable.optional(),
  corrupt: callable.optional(),
});
const backendShape = z.custom<object>((value) => typeof value === 'object' && value !== null, 'must be a backend');

/** Refuses what is no harness at all. */
export function checkHarness(harness: unknown): asserts harness is StorageHarness {
  refuseMisshapen('The harness', harnessShape, harness);
}

/** `harness.open()`, with its faults told as the harness's own. */
export async function openStore(harness: StorageHarness, time: Time, suggestion: StoreSuggestion): Promise<OpenStore> {
  const store = await guarded(time, 'open()', async () => harness.open(suggestion));
  refuseMisshapen('What open() answered', storeShape, store);
  return store;
}

/** `store.connect()`, with its faults told as the harness's own. */
export async function connectBackend(store: OpenStore, time: Time): Promise<StorageBackend> {
  const backend = await guarded(time, 'connect()', async () => store.connect());
  refuseMisshapen('What connect() answered', backendShape, backend);
  return backend;
}

/** `store.held()`: a count, or the harness's fault. */
export async function countHeld(held: () => Promise<number> | number, time: Time): Promise<number> {
  const count = await guarded(time, 'held()', async () => held());
  if (!Number.isSafeInteger(count) || count < 0)
    throw new HarnessFault('held()', `answered ${String(count)}: it must answer how many records the store holds`);
  return count;
}

/** Runs one call of the harness: it must neither throw nor hang. */
export async function guarded<T>(time: Time, call: string, run: () => Promise<T>): Promise<T> {
  const running = run().catch((error: unknown) => {
    throw new HarnessFault(call, `threw: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });
  return time.within(harnessLimit, running, () => {
    throw new HarnessFault(call, `did not settle within ${harnessLimit / 1_000} s`);
  });
}

function refuseMisshapen(what: string, shape: z.ZodType, value: unknown): void {
  const parsed = shape.safeParse(value);
  if (parsed.success) return;
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${path.length > 0 ? `${path.join('.')} ` : ''}${message}`,
  );
  throw new HarnessFault(what, `is misshapen: ${faults.join('; ')}`);
}
