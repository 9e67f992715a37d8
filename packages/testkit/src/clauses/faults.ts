import type { ClauseFamily } from './clause.js';

export const failing: ClauseFamily = {
  title: 'E: errors, outages, endings',
  clauses: [
    {
      id: 'E1',
      level: 'MUST',
      text: 'A store that cannot be reached rejects with `StorageError` within the signal’s time, its cause kept. Whether connections are refused or nothing comes back, it never hangs and never answers null. `ambiguous` is true where the write may have happened.',
      why: 'An outage read as “no record” closes every circuit of the fleet; a hang stops its jobs; a write that is wrongly called undone is sent, and counted, twice.',
    },
    {
      id: 'E2',
      level: 'MUST',
      text: 'Once the store is back the same backend object works again.',
      why: 'Nobody restarts a fleet because its Redis was restarted.',
    },
    {
      id: 'E3',
      level: 'MUST',
      text: 'Over a corrupt stored value `retrieve`, `apply` and `store` reject with `CorruptRecordError`, which names the circuit and the field, and leave it as it is. `delete` removes it.',
      why: 'A corrupt record read as none is an open circuit that closed by accident, and an overwritten one is evidence lost.',
    },
    {
      id: 'E4',
      level: 'MUST',
      text: 'A call whose signal is aborted rejects promptly, also while its request is under way, with the signal’s reason or a `StorageError` caused by it. One aborted before the call rejects with the reason, and does nothing.',
      why: 'A job that was cancelled must not wait for the store, and must not change a circuit.',
    },
    {
      id: 'E5',
      level: 'MUST',
      text: 'A store that was flushed, or failed over to an older copy, is just a store with other contents: calls go on from what it holds.',
      why: 'A backend that remembers revisions outlives its own store, and is stuck until it is restarted.',
      unchecked:
        'A real failover is not provoked; the check deletes the record and stores an older one through another handle.',
    },
    {
      id: 'E6',
      level: 'MUST',
      text: 'Calls that wait when the backend is closed, and every call after it, reject with `ClosedError`. Other handles on the store go on. Once `close` resolved, no timer, socket or listener keeps the process alive.',
      why: 'A worker must be able to shut down, and a call after that must say what is wrong rather than hang.',
      unchecked:
        'What keeps a process alive cannot be told apart from the harness’s own connections. The command line says what keeps the process alive after the run, and ends with 1.',
    },
    {
      id: 'E7',
      level: 'MUST',
      text: 'A call leaves no listener behind on its signal.',
      why: 'One long-lived signal serves a worker’s whole life: a listener per call is a leak, and a warning after the eleventh.',
    },
    {
      id: 'E8',
      level: 'MUST',
      text: '`close` may be called twice.',
      why: 'The factory closes its backend, and so does whoever made it.',
    },
    {
      id: 'E9',
      level: 'MUST',
      text: 'A write whose answer was lost has its effect at most once: nothing sends it again unless the store can tell that it is the same one. It is never told as another worker’s.',
      why: 'The clients of most stores try again by themselves: each lost answer then counts twice, opens a circuit too early, or has a worker take its own transition for another’s and announce nothing.',
    },
  ],
};

export const clock: ClauseFamily = {
  title: 'C: the clock',
  clauses: [
    {
      id: 'C1',
      level: 'MAY',
      text: '`now`, where given, is the store’s own clock in milliseconds since the epoch: one clock for all handles.',
      why: 'Decisions are made on it so that a worker’s wrong clock changes nothing; a clock in seconds ends every open state at once, or never.',
      unchecked:
        'That the store’s clock is right cannot be seen from outside; that it is one clock, in milliseconds, and moves on, is checked.',
    },
  ],
};
