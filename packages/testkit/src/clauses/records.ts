import type { ClauseFamily } from './clause.js';

export const shape: ClauseFamily = {
  title: 'V: version and shape',
  clauses: [
    {
      id: 'V1',
      level: 'MUST',
      text: '`contractVersion` is 1, and `retrieve`, `apply`, `store`, `lock`, `delete` and `list` exist. Every fault is a rejection: no method throws synchronously.',
      why: 'The factory refuses a version that it does not know. A synchronous throw bypasses every `.catch` and ends the process.',
    },
    {
      id: 'V2',
      level: 'MUST',
      text: 'A stored record carries a format number. A backend reads every older format. It refuses a newer one with `UnsupportedRecordError` and leaves that record as it is.',
      why: 'During a rolling upgrade old and new workers read the same records. A guess at an unknown format loses an open circuit.',
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
      text: '`retrieve` of an unknown name answers `record: null`. It is no error, and it creates nothing.',
      why: 'Most tenants are healthy and need no record. Reading must not create one for every name that was ever asked for.',
    },
    {
      id: 'R2',
      level: 'MUST',
      text: '`retrieve` is linearizable: it returns every write that was acknowledged before it began, by any client.',
      why: 'A worker that reads an old copy admits calls to a circuit that another worker has already opened.',
      unchecked:
        'No failover is provoked. What a promoted replica has lost depends on your store’s own settings (see E5).',
    },
    {
      id: 'R3',
      level: 'MUST',
      text: 'What was stored comes back equal, field by field: integers up to 2^53 − 1, null, empty counters, every state, any override, any `lastFailure`.',
      why: 'If a field is left out or rounded, a circuit never opens, never closes again, or protects nothing.',
    },
    {
      id: 'R4',
      level: 'MUST',
      text: 'The store keeps its own copy. What a caller later does to the objects that it passed changes nothing.',
      why: 'If the record is shared with its writer, the writer can change it without a new revision, and only in that one process.',
    },
  ],
};

export const applying: ClauseFamily = {
  title: 'A: apply',
  clauses: [
    {
      id: 'A1',
      level: 'MUST',
      text: '`apply` drops, sets and adds exactly the counters named, if and only if the record exists with exactly `revision`. Otherwise it changes nothing, not even the ttl.',
      why: 'The revision fences writes: an outcome that was made for an older revision must not count in a newer one.',
    },
    {
      id: 'A2',
      level: 'MUST',
      text: '`apply` answers the record as it is afterwards, whether it was applied or not.',
      why: 'Core decides on that answer whether the circuit trips. Without it the trip waits for the next call, or never comes.',
    },
    {
      id: 'A3',
      level: 'MUST',
      text: 'Of N concurrent applies from M clients none is lost: the sum is exact.',
      why: 'A plain read-modify-write loses counts just when a dependency fails everywhere at once. It is correct only if the write is conditional on the value that was read, and is retried when that condition fails.',
    },
    {
      id: 'A4',
      level: 'MUST',
      text: 'A delta is atomic: no reader and no other write sees half of it.',
      why: 'If a ticket is taken and its deadline is not set, the circuit stays half-open for ever.',
    },
    {
      id: 'A5',
      level: 'MUST',
      text: 'A missing counter counts from 0. What is added may be negative, and so may the result. A counter that reaches 0 stays in the record.',
      why: 'A ticket is given back by adding −1. A counter that vanishes at 0 looks like one that was never used.',
    },
    {
      id: 'A6',
      level: 'MUST',
      text: '`apply` changes no other field, above all not the revision, and no counter that the delta does not name.',
      why: 'Any number of workers apply at the same revision. If one changed it, the others would be fenced out.',
    },
  ],
};

export const storing: ClauseFamily = {
  title: 'S: store',
  clauses: [
    {
      id: 'S1',
      level: 'MUST',
      text: '`store` replaces the whole record if and only if the stored revision equals the expected one. An expected `null` means: if and only if there is no record. Counters that `next` lacks are gone.',
      why: 'A blind overwrite by a late worker closes a circuit that was just opened.',
    },
    {
      id: 'S2',
      level: 'MUST',
      text: 'Of N concurrent stores that expect the same revision, exactly one is applied. The losers get the winner’s record.',
      why: 'So a transition happens, and is announced, once in the fleet. The losers go on from the winner’s record without another read.',
    },
    {
      id: 'S3',
      level: 'MUST',
      text: 'A store that lost changes nothing, not even the ttl.',
      why: 'A loser that changes the ttl can keep an open circuit for ever, or let it expire into a closed one.',
    },
    {
      id: 'S4',
      level: 'MUST',
      text: 'With `expect`, `store` is applied only if each named counter has the given value at that moment. A missing counter counts as 0.',
      why: '`apply` does not change the revision, so the revision does not show that a count came in between. Without `expect` that count would be overwritten.',
    },
    {
      id: 'S5',
      level: 'MUST',
      text: 'A `store` that was applied answers the record that it stored. One that lost answers what is there, null included.',
      why: 'Core goes on with the answer. A wrong answer is a wrong view of the circuit until the next read.',
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
      why: 'If an open circuit’s record expires too early, the circuit is closed, and every worker calls at full rate again.',
    },
    {
      id: 'T2',
      level: 'MUST',
      text: 'After that every method, `list` included, treats the record as absent, even if the store deletes it later.',
      why: 'If one method still sees the record and another does not, they disagree: the circuit reads as absent, and creating it fails for ever.',
    },
    {
      id: 'T3',
      level: 'MUST',
      text: '`apply` renews the ttl as well as `store`. Each sets it anew, to its own value, shorter or longer.',
      why: 'A busy circuit may go for long without a `store`. Without the renewal it would lose its counts in the middle of an incident.',
    },
    {
      id: 'T4',
      level: 'MUST',
      text: 'A record with `ttl: Infinity` never expires. One with a very long ttl does not expire at once. A later finite ttl replaces either.',
      why: 'An operator’s override without an end must outlast everything. A timer that is given more than 2^31 ms fires at once, and must not expire the record.',
    },
    {
      id: 'T5',
      level: 'MAY',
      text: 'Expired records are removed in the end: by the store itself, by the backend as it writes, or by something that its user is told to run now and then.',
      why: 'Tenants come and go. A store that keeps every circuit that ever existed grows for ever, and so does each listing.',
      unchecked:
        'From outside, a removed record looks like one that is only treated as absent. It is checked if the harness says how many records the store holds (`held`).',
    },
  ],
};
