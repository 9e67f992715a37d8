import type { ClauseFamily } from './clause.js';

export const failing: ClauseFamily = {
  title: 'E: errors, outages, endings',
  clauses: [
    {
      id: 'E1',
      level: 'MUST',
      text: 'If the store cannot be reached, a call rejects with a `StorageError` before its signal’s time is over, and keeps the cause. Whether connections are refused or nothing comes back, it never hangs and never answers null. `ambiguous` is true if the write may have happened.',
      why: 'An outage that reads as “no record” closes every circuit of the fleet. A call that hangs stops its job. A write that is wrongly said not to have happened is sent again, and counts twice.',
    },
    {
      id: 'E2',
      level: 'MUST',
      text: 'Once the store is back, the same backend object works again.',
      why: 'Nobody restarts a fleet because its Redis was restarted.',
    },
    {
      id: 'E3',
      level: 'MUST',
      text: 'Over a corrupt stored value `retrieve`, `apply` and `store` reject with a `CorruptRecordError`, which names the circuit and the field. They leave the value as it is. `delete` removes it.',
      why: 'If a corrupt record reads as none, an open circuit closes by accident. If it is overwritten, evidence is lost.',
    },
    {
      id: 'E4',
      level: 'MUST',
      text: 'If its signal is aborted, a call rejects promptly, even while its request is under way: with the signal’s reason, or with a `StorageError` caused by it. If the signal was aborted before, the call rejects with the reason and does nothing.',
      why: 'A job that was cancelled must not wait for the store, and must not change a circuit.',
    },
    {
      id: 'E5',
      level: 'MUST',
      text: 'A store that was flushed, or that failed over to an older copy, is just a store with other contents. Calls go on from what it holds.',
      why: 'A backend that remembers revisions disagrees with such a store, and is stuck until its process is restarted.',
      unchecked:
        'No real failover is provoked. The check deletes the record and stores an older one through another handle.',
    },
    {
      id: 'E6',
      level: 'MUST',
      text: 'When a backend is closed, the calls that still wait, and every later call, reject with a `ClosedError`. Other handles on the same store go on. Once `close` has resolved, no timer, socket or listener keeps the process alive.',
      why: 'A worker must be able to shut down. A call after that must say what is wrong, and not hang.',
      unchecked:
        'What keeps a process alive may be the harness’s own connections. The command line says what keeps the process alive after the run, and exits with code 1.',
    },
    {
      id: 'E7',
      level: 'MUST',
      text: 'A call leaves no listener behind on its signal.',
      why: 'A worker may use one signal for all its life. A listener left by each call is a memory leak, and Node warns of it at the eleventh.',
    },
    {
      id: 'E8',
      level: 'MUST',
      text: '`close` may be called twice.',
      why: 'Several owners may share a backend, and each of them closes it at shutdown.',
    },
    {
      id: 'E9',
      level: 'MUST',
      text: 'A write whose answer was lost takes effect at most once: nothing sends it again unless the store can tell that it is the same write. A worker’s own write is never reported to it as another worker’s.',
      why: 'The clients of most stores retry by themselves. Then an outcome whose answer was lost counts twice and may open a circuit too early, or a worker takes its own transition for another’s and announces nothing.',
    },
  ],
};

export const clock: ClauseFamily = {
  title: 'C: the clock',
  clauses: [
    {
      id: 'C1',
      level: 'MAY',
      text: 'If `now` is given, it is the store’s own clock, in milliseconds since the epoch: one clock for all handles.',
      why: 'Decisions go by this clock, so that a worker’s wrong clock changes nothing. A clock in seconds would end every open state at once, or never.',
      unchecked:
        'Whether the store’s clock is right cannot be seen from outside. That it is one clock, in milliseconds, and moves on, is checked.',
    },
  ],
};
