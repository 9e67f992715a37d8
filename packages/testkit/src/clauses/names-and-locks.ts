import type { ClauseFamily } from './clause.js';

export const naming: ClauseFamily = {
  title: 'N: names',
  clauses: [
    {
      id: 'N1',
      level: 'MUST',
      text: 'Names are opaque: any string of 1 to 1,024 UTF-8 bytes (slashes, spaces, newlines, braces, colons, emoji, `__proto__`) works and is not normalised. Two different names never share a record. Counter names are opaque in the same way.',
      why: 'A tenant may choose its own id. If names are case-folded, truncated or joined carelessly, one tenant opens another one’s circuit.',
    },
    {
      id: 'N2',
      level: 'MUST',
      text: 'Two backends with different prefixes or tables never see each other’s records, locks, listings or transitions, in either direction.',
      why: 'Staging and production, or two services, share one server more often than anybody admits.',
    },
    {
      id: 'N3',
      level: 'MUST',
      text: 'A name that is empty, longer than that, or has a lone surrogate is refused with `InvalidNameError` before anything is sent.',
      why: 'A lone surrogate has no UTF-8 form: two different names would become one in the store.',
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
      text: 'A lease that is not extended ends by itself, and the next caller gets the lock. `extend(ms)` moves its end to now + ms.',
      why: 'If nobody can take over a dead worker’s lock, the tenant stands still until somebody deletes the lock by hand.',
    },
    {
      id: 'L3',
      level: 'MUST',
      text: 'The tokens of successive holders of a name strictly increase.',
      why: 'A protected resource refuses a late holder by its lower token. If a token is repeated, both holders write.',
    },
    {
      id: 'L4',
      level: 'MUST',
      text: 'A lease is lost once its time is over, even if nobody else has taken the lock. `extend` and `release` of a lease that is lost or released reject with `LeaseLostError`, and leave another holder’s lease alone.',
      why: 'A late release that frees the next holder’s lock lets a third holder in.',
    },
    {
      id: 'L5',
      level: 'MUST',
      text: 'Taking a lock never changes the record of the same name, and writing the record never changes the lock.',
      why: 'Under one key lock and state overwrite each other. For that reason the Redis backend of the Go original cannot start a single call.',
    },
    {
      id: 'L6',
      level: 'MUST',
      text: 'A caller waits for a lock at most as long as `wait` says, then gets a `LockTimeoutError`; `wait: 0` tries once. The wait ends early when `signal` is aborted, or as soon as the lock is free. A caller that gave up never takes the lock.',
      why: 'A wait that cannot be stopped holds its job up for ever. A caller that takes the lock after giving up blocks everybody for a whole lease.',
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
      text: 'A lease that is over, or nearly over, is never handed out. If less than a third of its time is left when the answer comes, the backend gives the lock back and tries again. `left` says how many ms are surely left. It is reckoned from a time before the write that took the lock was sent.',
      why: 'The lease already runs in the store while the answer is on its way. A holder whose answer came too late works beside the next holder from the start.',
    },
  ],
};

export const deleting: ClauseFamily = {
  title: 'D: delete',
  clauses: [
    {
      id: 'D1',
      level: 'MUST',
      text: '`delete` removes the record. An unknown name is no error. A record that is stored afterwards is a new one, with a ttl of its own.',
      why: 'This is how an operator starts a circuit afresh. Nothing of the old record may reappear in the new one.',
    },
    {
      id: 'D2',
      level: 'MUST',
      text: '`delete` changes neither the lock of that name nor any other record.',
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
      text: '`list` yields, at least once, every record that exists throughout the listing, even while others write. It reads in pages, and it comes to an end. Over a corrupt record it rejects; it never skips one.',
      why: 'Operators look for open circuits during an incident, when the store is busiest. A circuit that is missing from the list is one that nobody mends.',
    },
    {
      id: 'I2',
      level: 'MUST',
      text: '`prefix` is plain text, compared with the start of the name: it is no pattern, and case counts. Without it everything is listed.',
      why: 'Names are opaque, so a prefix is too. The prefix of a tenant called `*` must not list everybody.',
    },
    {
      id: 'I3',
      level: 'MUST',
      text: "With `only: 'troubled'`, `list` yields the records that are not closed or are under an override, and no others. A record that changed in this respect within the last 5 s may be listed or not. The listing uses an index, so its cost grows with what it yields and not with what the store holds. An index entry whose record has expired is removed without anybody’s help.",
      why: 'Of a million circuits perhaps a hundred are open. Whoever looks for them does so during an incident, again and again.',
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
      text: '`watch` tells every listener of each applied `store` of any client, its own included, and hands over the record. It tells of nothing else: of no `store` that lost, and of no `apply`.',
      why: 'So a worker that decides by a local view learns of a trip at once, and not only at its next read.',
    },
    {
      id: 'W2',
      level: 'MAY',
      text: 'A watcher stops when it is told to, and the others go on.',
      why: 'A listener that cannot be removed keeps a closed factory in memory, with all that it refers to.',
    },
    {
      id: 'W3',
      level: 'MAY',
      text: "After its connection broke, a watch resumes by itself and tells its listeners `{ type: 'missed' }`.",
      why: 'If a watch ends without a word, its worker takes an old view for a fresh one.',
    },
    {
      id: 'W4',
      level: 'MAY',
      text: 'A listener that throws harms neither the writer, nor the other listeners, nor its own later events, nor the process.',
      why: 'One faulty metric must not spoil a transition that the store already has.',
    },
  ],
};
