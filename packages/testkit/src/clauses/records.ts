import type { ClauseFamily } from './clause.js';

export const shape: ClauseFamily = {
  title: 'V: version and shape',
  clauses: [
    {
      id: 'V1',
      level: 'MUST',
      text: '`contractVersion` is 1, and `retrieve`, `apply`, `store`, `lock`, `delete` and `list` are there. Faults come as rejections: no method throws synchronously.',
      why: 'The factory refuses a version that it does not know; a synchronous throw passes by every `.catch` and ends the process.',
    },
    {
      id: 'V2',
      level: 'MUST',
      text: 'A stored record carries a format number. A backend reads every older format, and refuses a newer one with `UnsupportedRecordError`, leaving it as it is.',
      why: 'During a rolling upgrade old and new workers meet the same records; a guess at an unknown format loses an open circuit.',
      unchecked: 'The kit cannot write a record in a format that only the backend knows. Test it beside your backend.',
    },
  ],
};

export const reading: ClauseFamily = {
  title: 'R: retrieve',
  clauses: [
    {
      id: 'R1',
      level: 'MUST',
      text: '`retrieve` of an unknown name answers `record: null`, is no error, and creates nothing.',
      why: 'Most tenants are healthy and need no record; reading must not fill the store with one for each name that was ever asked.',
    },
    {
      id: 'R2',
      level: 'MUST',
      text: '`retrieve` is linearizable: it returns every write that was acknowledged before it began, by any client.',
      why: 'A worker that reads an old copy admits calls to a circuit that another worker has already opened.',
      unchecked:
        'A failover is not provoked: what a replica lost when it became the primary is for your store’s own settings (see E5).',
    },
    {
      id: 'R3',
      level: 'MUST',
      text: 'What was stored comes back equal, field by field: integers up to 2^53 − 1, null, empty counters, every state, any override, any `lastFailure`.',
      why: 'A field that is left out or rounded is a circuit that never opens, never ends, or guards nothing.',
    },
    {
      id: 'R4',
      level: 'MUST',
      text: 'The store keeps its own copy: what a caller does afterwards to the objects that it passed changes nothing.',
      why: 'A record shared with its writer changes without a revision, for that process alone.',
    },
  ],
};

export const applying: ClauseFamily = {
  title: 'A: apply',
  clauses: [
    {
      id: 'A1',
      level: 'MUST',
      text: '`apply` drops, sets and adds exactly the counters named, if and only if the record exists with exactly `revision`. Otherwise it changes nothing, the ttl included.',
      why: 'The revision is the fence: an outcome from before a transition must not count after it.',
    },
    {
      id: 'A2',
      level: 'MUST',
      text: '`apply` answers the record as it is afterwards, whether it was applied or not.',
      why: 'Core decides trips on that answer; without it a trip waits for the next call, or never comes.',
    },
    {
      id: 'A3',
      level: 'MUST',
      text: 'Of N concurrent applies from M clients none is lost: the sum is exact.',
      why: 'Read, change, write loses counts exactly when a dependency fails everywhere at once. It is right where the write goes through only if what was read is still there, and is begun again where it is not.',
    },
    {
      id: 'A4',
      level: 'MUST',
      text: 'A delta is atomic: no reader, and no other write, meets half of it.',
      why: 'A ticket taken without its deadline wedges a half-open circuit for ever.',
    },
    {
      id: 'A5',
      level: 'MUST',
      text: 'Missing counters count from 0; what is added may be negative, and so may the result; a counter at 0 stays.',
      why: 'Tickets are given back by adding −1, and a counter that vanishes at 0 looks like one that was never used.',
    },
    {
      id: 'A6',
      level: 'MUST',
      text: '`apply` leaves every other field, and every counter that the delta does not name, as it is; the revision above all.',
      why: 'Any number of workers apply at one revision; if it moved, each would fence out the others.',
    },
  ],
};

export const storing: ClauseFamily = {
  title: 'S: store',
  clauses: [
    {
      id: 'S1',
      level: 'MUST',
      text: '`store` replaces the whole record if and only if the stored revision equals the expected one (`null`: if and only if there is no record). Counters that `next` lacks are gone.',
      why: 'A blind overwrite by a late worker closes a circuit that was just opened.',
    },
    {
      id: 'S2',
      level: 'MUST',
      text: 'Of N concurrent stores with one expected revision exactly one is applied, and the losers get the winner’s record.',
      why: 'A transition happens, and is announced, once in the fleet; the losers go on from the winner’s record without another read.',
    },
    {
      id: 'S3',
      level: 'MUST',
      text: 'A lost store changes nothing, the ttl included.',
      why: 'A loser that renews or shortens the ttl makes an open circuit live for ever, or expire into a closed one.',
    },
    {
      id: 'S4',
      level: 'MUST',
      text: 'With `expect`, `store` is applied only if each named counter has that value now; a missing one counts as 0.',
      why: '`apply` leaves the revision alone, so the revision cannot tell that a count came in between: without `expect` it would be overwritten.',
    },
    {
      id: 'S5',
      level: 'MUST',
      text: 'An applied `store` answers the record that it stored; a lost one answers what is there, null included.',
      why: 'Core goes on with the answer: a wrong one is a wrong view of the circuit until the next read.',
    },
  ],
};

export const expiring: ClauseFamily = {
  title: 'T: time to live',
  clauses: [
    {
      id: 'T1',
      level: 'MUST',
      text: 'A record can be read until `ttl` milliseconds after its last applied write.',
      why: 'An open circuit whose record goes too early is a closed circuit: everybody resumes at full rate.',
    },
    {
      id: 'T2',
      level: 'MUST',
      text: 'From then on every verb and `list` treats it as absent, even where the store deletes lazily.',
      why: 'A verb that still sees the record disagrees with one that does not: creation then fails for ever.',
    },
    {
      id: 'T3',
      level: 'MUST',
      text: 'The ttl is renewed by `apply` as well as by `store`; each sets the whole of it, shorter or longer.',
      why: 'A busy circuit that is never stored anew would lose its counts in the middle of an incident.',
    },
    {
      id: 'T4',
      level: 'MUST',
      text: '`ttl: Infinity` never expires, neither does a very long one at once, and a later finite ttl takes over.',
      why: 'An operator’s override without end must outlast everything; a delay of more than 2^31 ms must not turn into none.',
    },
    {
      id: 'T5',
      level: 'MAY',
      text: 'What is over is removed in the end: by the store itself, as the backend writes, or by what its user is told to run now and then.',
      why: 'Tenants come and go: a store that keeps every circuit that ever was grows for ever, and each listing with it.',
      unchecked:
        'A removed record looks like one that is only treated as absent. It is checked where the harness says how many records the store holds (`held`).',
    },
  ],
};
