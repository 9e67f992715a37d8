/** What a person has to say about an item's numbers, by its key; stands below its tables. Looked at with --cpu-prof. */
export const notes = {
  'closed-calls': [
    [
      'Where a bounded call spends its time, beyond the work: about a quarter reading the clock (a view must be known to be',
      'fresh), more than a third in the one async function and its promise, the rest in the admission, the object that the',
      'call presents at its end, and its place in the buffer. Strict asks the backend twice per call; on MemoryBackend that',
      'is promises, and on a real store it is round trips (item 3).',
    ].join('\n'),
  ],
  rejections: [
    [
      'The others pay for a stack trace. Half of what remains for `execute` is the error object and its message; `settle`',
      'makes neither until somebody reads `error`. Strict pays for the read that a strict start is.',
      '',
      'These are of a second run: on 2026-11-22 everything was measured twice but item 8. In the first, at a load average of',
      "20, bounded `execute` on Redis took 0.62 of cockatiel's and 0.66 of opossum's processor time, which misses the goal,",
      "and item 1 took 1.72 of cockatiel's. In that first run of item 4, `counting: 'failures'` refused 1,697 calls and",
      'bounded 10 s 467, of 24,000, after the machine had stalled; in the second nobody was refused.',
    ].join('\n'),
  ],
  'hot-circuit': [
    [
      'The lock protocols do one call at a time in the whole fleet, so more callers only wait longer; with work that takes',
      'as long as real work does, they would do one *job* at a time. A compare-and-set of the whole record has one winner a',
      'round, and all others begin again: its commands per call grow with the callers. The increments of strict neither',
      'wait nor repeat, and callers of one process share them, so its commands per call fall instead.',
      '',
      'With a single caller there is nothing to share or to collide: then strict is no faster than the others, and its two',
      'scripts, which check the whole record before they touch it, cost the server more than a plain `GET` and `SET` do.',
    ].join('\n'),
  ],
  'many-circuits': [
    [
      'Memory is flat from `maxCircuits` on. So is the cost per call, at a higher level: there every call forgets one circuit',
      'and makes another, as this order of calls wants it. A load with favourites, as in item 4, meets mostly circuits that',
      'are remembered.',
    ].join('\n'),
  ],
  windows: [
    [
      'A strict write copies and checks all counters of the record, so it grows with the buckets in use; the default of 10 is',
      'where that is still small beside a round trip. Bounded pays it once per flush.',
    ].join('\n'),
  ],
};
