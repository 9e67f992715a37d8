import { systemClock, type NamedRecord, type StorageBackend, type Unwatch } from '@circuitry/core';
import { Changes, type Change } from './changes.js';
import { listTroubled, type Lister } from './listing.js';
import { Outage } from './outage.js';
import { askStoreClock, type StoreClock } from './store-clock.js';

/** How long after an outage a connection for pushed messages may take to stand again, ms. */
const settling = 10_000;

type Watch = NonNullable<StorageBackend['watch']>;

/** How transitions are followed, and who is told. */
export interface Following {
  readonly backend: StorageBackend;
  readonly clock: StoreClock;
  readonly prefix: string;
  /** ms between two looks where the store does not push, and between two tries where it does not answer. */
  readonly every: number;
  readonly signal: AbortSignal;
  /** Runs one call of the store under the command's limit. */
  readonly ask: <T>(call: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Lists under the limits of the command. */
  readonly list: Lister;
  readonly onChange: (change: Change) => void;
  /** Something that a person has to know: that it polls, that it may have missed some, that the store is away. */
  readonly onNote: (note: string) => void;
}

/** Follows transitions until the signal is aborted: pushed, where the store pushes, else by looking again and again. */
export async function follow(following: Following): Promise<void> {
  const changes = new Changes();
  const { backend, every, onNote } = following;
  // First, and told to nobody: what is not closed already.
  for (const { name, record } of await look(following)) changes.see(name, record, following.clock.now());
  if (backend.watch === undefined) {
    onNote(`This store does not push: it is asked every ${every} ms. What begins and ends in between is not seen.`);
    return poll(following, changes);
  }
  return hear(following, changes, backend.watch.bind(backend));
}

/** Is told by push, and asks now and then whether anybody is there to push. */
async function hear(following: Following, changes: Changes, watch: Watch): Promise<void> {
  const { backend, signal, every, onNote } = following;
  let missed = false;
  const unwatch: Unwatch = await watch(
    (event) => {
      if (event.type === 'missed') missed = true;
      else if (event.name.startsWith(following.prefix)) tell(following, changes, event);
    },
    { signal },
  );
  onNote('Following, by push.');
  const outage = outageOf(following);
  const isThere = (): Promise<boolean> =>
    outage.answers(() => following.ask((limited) => askStoreClock(backend, limited)));
  try {
    while (await pause(every, signal)) {
      const wasAway = outage.isOn;
      if (!(await isThere()) || !(missed || wasAway)) continue;
      // An outage that was told has said so.
      if (missed && !wasAway && !outage.endedWithin(settling)) {
        onNote(
          'The connection was gone for a while: some transitions may be missing here. Looking at all of them again.',
        );
      }
      missed = false;
      if (!(await outage.answers(() => compare(following, changes)))) missed = true;
    }
  } finally {
    await unwatch();
  }
}

async function poll(following: Following, changes: Changes): Promise<void> {
  const outage = outageOf(following);
  while (await pause(following.every, following.signal)) await outage.answers(() => compare(following, changes));
}

function outageOf({ clock, every, signal, onNote }: Following): Outage {
  return new Outage({ now: () => clock.now(), every, signal, onNote });
}

/** Looks at what is not closed now, and at what was not. */
async function compare(following: Following, changes: Changes): Promise<void> {
  const before = new Set(changes.open);
  for (const entry of await look(following)) {
    before.delete(entry.name);
    tell(following, changes, entry);
  }
  for (const name of before) {
    const { record } = await following.ask((signal) => following.backend.retrieve(name, { signal }));
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
