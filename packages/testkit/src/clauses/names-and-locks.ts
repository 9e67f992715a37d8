import type { ClauseFamily } from './clause.js';

export const naming: ClauseFamily = {
  title: 'N: names',
  clauses: [
    {
      id: 'N1',
      level: 'MUST',
      text: 'Names are opaque: any string of 1 to 1,024 UTF-8 bytes (slashes, spaces, newlines, braces, colons, emoji, `__proto__`) works, unnormalised, and two different names never meet. Counter names are as opaque.',
      why: 'A tenant chooses its id: folding, truncating or joining lets one tenant open another one’s circuit.',
    },
    {
      id: 'N2',
      level: 'MUST',
      text: 'Two backends with different prefixes or tables never see each other: not their records, locks, listings or transitions, in neither direction.',
      why: 'Staging and production, or two services, share one server more often than anybody admits.',
    },
    {
      id: 'N3',
      level: 'MUST',
      text: 'An empty or longer name, or one with a lone surrogate, is refused with `InvalidNameError` before anything is sent.',
      why: 'Half a surrogate pair has no UTF-8 form: two different names would meet in the store.',
    },
  ],
};

export const locking: ClauseFamily = {
  title: 'L: locks',
  clauses: [
    {
      id: 'L1',
      level: 'MUST',
      text: 'A lock has one holder at a time.',
      why: '`exclusive` promises one job at a time in the whole fleet.',
    },
    {
      id: 'L2',
      level: 'MUST',
      text: 'A lease that is not extended ends by itself, and the next caller gets it; `extend(ms)` moves its end to now + ms.',
      why: 'A dead worker’s lock that nobody can take over stops a tenant until somebody deletes it by hand.',
    },
    {
      id: 'L3',
      level: 'MUST',
      text: 'The tokens of successive holders of a name strictly increase.',
      why: 'A protected resource refuses a late holder by its lower token; repeated tokens let both write.',
    },
    {
      id: 'L4',
      level: 'MUST',
      text: 'A lease is lost once its time is over, taken by another or not. `extend` and `release` of a lost or released one reject with `LeaseLostError`, and hurt nobody else’s.',
      why: 'A late release that frees the next holder’s lock lets a third one in.',
    },
    {
      id: 'L5',
      level: 'MUST',
      text: 'A lock never touches the record of the same name, nor a write of the record the lock.',
      why: 'Lock and state under one key make each destroy the other: the original’s Redis backend cannot start a single call.',
    },
    {
      id: 'L6',
      level: 'MUST',
      text: 'Waiting for a lock obeys `wait` (`LockTimeoutError`; 0 tries once) and `signal`, ends as soon as the lock is free, and a caller that gave up takes nothing.',
      why: 'A waiter that cannot be stopped holds its job for ever; one that takes the lock after giving up blocks everybody for a whole lease.',
    },
    {
      id: 'L7',
      level: 'MUST',
      text: 'Locks of different names are independent.',
      why: 'One tenant’s long job must not stop the others.',
    },
    {
      id: 'L8',
      level: 'MUST',
      text: 'A lease is never handed out that is over, or nearly: what comes with less than a third of its time left is given back and tried again. `left` says how much is surely left, in ms, counted from before the write that took it was sent.',
      why: 'The lease runs in the store while its answer is on the way: a holder that gets it late works beside the next one from the start.',
    },
  ],
};

export const deleting: ClauseFamily = {
  title: 'D: delete',
  clauses: [
    {
      id: 'D1',
      level: 'MUST',
      text: '`delete` removes the record, and is no error for an unknown name. A record stored afterwards is a new one and lives by its own ttl.',
      why: 'It is how an operator starts a circuit afresh, and what is left of the old one would haunt the new.',
    },
    {
      id: 'D2',
      level: 'MUST',
      text: '`delete` leaves the lock of that name, and every other record, as they are.',
      why: 'Clearing a circuit’s counts must not let a second job into an exclusive section.',
    },
  ],
};

export const listing: ClauseFamily = {
  title: 'I: list',
  clauses: [
    {
      id: 'I1',
      level: 'MUST',
      text: '`list` yields every record that lives throughout the listing at least once, while writes go on, in pages, and comes to an end. A corrupt record rejects; it is never skipped.',
      why: 'Operators look for the open circuits during an incident, which is when the store is busiest; one that is missing is one that nobody mends.',
    },
    {
      id: 'I2',
      level: 'MUST',
      text: '`prefix` is plain text, matched at the start of the name: no pattern, no folding. Without it everything is listed.',
      why: 'Names are opaque, so a prefix is too: a tenant called `*` must not list everybody.',
    },
    {
      id: 'I3',
      level: 'MUST',
      text: "With `only: 'troubled'` it yields the records that are not closed or are under an override, and no others. One that became so, or ceased to be, within the last 5 s may be missing or still there. It goes by an index: its cost grows with what it yields, not with what the store holds, and an entry that outlived its record mends itself.",
      why: 'Of a million circuits a hundred are open, and whoever looks for them looks during an incident, again and again.',
      unchecked: 'What a listing costs cannot be seen from outside. Count your store’s reads beside your backend.',
    },
  ],
};

export const watching: ClauseFamily = {
  title: 'W: watch (optional)',
  clauses: [
    {
      id: 'W1',
      level: 'MAY',
      text: '`watch` hands every listener each applied store of any client, its own included, with the record; and nothing else: no store that was lost, and no apply.',
      why: 'A worker with a local view learns of a trip at once instead of at its next read.',
    },
    {
      id: 'W2',
      level: 'MAY',
      text: 'A watcher stops when told, and the others go on.',
      why: 'A listener that cannot be removed keeps a closed factory, and all that it holds, alive.',
    },
    {
      id: 'W3',
      level: 'MAY',
      text: "After a broken connection a watch resumes by itself, and tells `{ type: 'missed' }`.",
      why: 'A watch that dies quietly leaves a view that believes itself fresh.',
    },
    {
      id: 'W4',
      level: 'MAY',
      text: 'A listener that throws harms neither the writer, nor the other listeners, nor its own later events, nor the process.',
      why: 'One faulty metric must not undo a transition that the store already has.',
    },
  ],
};
