import { systemClock, type NamedRecord, type StorageBackend, type Unwatch } from '@circuitry/core';
import { Changes, type Change } from './changes.js';
import { listTroubled, type Lister } from './listing.js';
import type { StoreClock } from './store-clock.js';

/** How transitions are followed, and who is told. */
export interface Following {
  readonly backend: StorageBackend;
  readonly clock: StoreClock;
  readonly prefix: string;
  /** ms between two looks where the store does not push. */
  readonly every: number;
  readonly signal: AbortSignal;
  /** Lists under the limits of the command. */
  readonly list: Lister;
  readonly onChange: (change: Change) => void;
  /** Something that a person has to know: that it polls, that it may have missed some. */
  readonly onNote: (note: string) => void;
}

/** Follows transitions until the signal is aborted: pushed, where the store pushes, else by looking again and again. */
export async function follow(following: Following): Promise<void> {
  const changes = new Changes();
  const { backend, signal, every, onNote } = following;
  // First, and told to nobody: what is not closed already.
  for (const { name, record } of await look(following)) changes.see(name, record, following.clock.now());
  if (backend.watch === undefined) {
    onNote(`This store does not push: it is asked every ${every} ms. What begins and ends in between is not seen.`);
    return poll(following, changes);
  }
  let missed = false;
  const unwatch: Unwatch = await backend.watch(
    (event) => {
      if (event.type === 'missed') missed = true;
      else if (event.name.startsWith(following.prefix)) tell(following, changes, event);
    },
    { signal },
  );
  onNote('Following, by push.');
  try {
    while (await pause(every, signal)) {
      if (!missed) continue;
      missed = false;
      onNote(
        'The connection was gone for a while: some transitions may be missing here. Looking at all of them again.',
      );
      await compare(following, changes);
    }
  } finally {
    await unwatch();
  }
}

async function poll(following: Following, changes: Changes): Promise<void> {
  while (await pause(following.every, following.signal)) await compare(following, changes);
}

/** Looks at what is not closed now, and at what was not. */
async function compare(following: Following, changes: Changes): Promise<void> {
  const before = new Set(changes.open);
  for (const entry of await look(following)) {
    before.delete(entry.name);
    tell(following, changes, entry);
  }
  for (const name of before) {
    const { record } = await following.backend.retrieve(name, { signal: following.signal });
    tell(following, changes, { name, record });
  }
}

function tell(
  { clock, onChange }: Following,
  changes: Changes,
  { name, record }: Pick<NamedRecord, 'name'> & { record: NamedRecord['record'] | null },
): void {
  const change = changes.see(name, record, clock.now());
  if (change !== null) onChange(change);
}

async function look({ prefix, list }: Following): Promise<NamedRecord[]> {
  const found: NamedRecord[] = [];
  for await (const entry of listTroubled(list, { prefix })) found.push(entry);
  return found;
}

/** Resolves with false once the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (goesOn: boolean): void => {
      cancel();
      signal.removeEventListener('abort', onAbort);
      resolve(goesOn);
    };
    const onAbort = (): void => end(false);
    const cancel = systemClock.after(ms, () => end(true));
    signal.addEventListener('abort', onAbort);
  });
}
