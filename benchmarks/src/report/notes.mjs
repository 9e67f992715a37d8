/** What a person has to say about an item's numbers, by its key; stands below its tables. Looked at with --cpu-prof. */
export const notes = {
  'closed-calls': [
    [
      'Where a bounded call spends its time, beyond the work: about a quarter reading the clock (a view must be known to be',
      'fresh), a third in its promise and callbacks, the rest in the admission, the object that the call presents at its end,',
      'and its place in the buffer. Strict asks the backend twice per call; on MemoryBackend that is promises, and on a real',
      'store it is round trips (item 3). Its goal of 3 µs on MemoryBackend is met by the best rounds only.',
    ].join('\n'),
  ],
  rejections: [
    [
      'The others pay for a stack trace. A third of what remains for `execute` is the error object, which no option makes cheaper,',
      'and much of the rest is what `await` takes to throw it. `settle` makes none until somebody reads `error`; a third of it is',
      'that property, which is made one of its own so that it survives a spread. Strict pays for the read that a strict start is.',
    ].join('\n'),
  ],
  'hot-circuit': [
    [
      'The lock protocols do one call at a time in the whole fleet, so more callers only wait longer; with work that takes',
      'as long as real work does, they would do one *job* at a time. A compare-and-set of the whole record has one winner a',
      'round, and all others begin again: its commands per call grow with the callers. The increments of strict neither',
      'wait nor repeat, and callers of one process share them, so its commands per call fall instead. The lock is at its best with',
      'one process: its last holder finds it free before the waiting look again.',
      '',
      'With a single caller there is nothing to share or to collide: then strict is no faster than the others, and its two',
      'scripts, which check the whole record before they touch it, cost the server more than a plain `GET` and `SET` do.',
    ].join('\n'),
  ],
  'many-circuits': [
    [
      'Memory is flat from `maxCircuits` on. The cost per call has a step there, and is flat behind it: every call forgets one',
      'circuit and makes another, as this order of calls wants it. For bounded that is a call of another kind: nothing is known of',
      'the circuit, so the store is asked, as for a strict call; beside a call that asks nobody it can only look dear. A quarter of',
      'it is the garbage collector, which finds each circuit old by the time it is forgotten, a quarter is finding a name among',
      'the remembered and choosing whom to forget. A load with favourites, as in item 4, meets mostly circuits that are remembered.',
      "With `counting: 'failures'`, as here, a healthy circuit has nothing to send and so no outbox, which takes 120 bytes, and under",
      'bounded a buffer of 64. Most of `breakerFor` is `circuitName`, which escapes each part: with a plain template in its place it',
      'takes 0.04 µs.',
    ].join('\n'),
  ],
  startup: [
    [
      'What core costs is mostly one thing: to find where each of its thousand functions ends, V8 looks through all of them before',
      'the first line runs. Names cut short or one file in place of four change that by a tenth. A program that starts often keeps',
      'what was compiled: `NODE_COMPILE_CACHE=folder`, or `module.enableCompileCache()`, from Node 22 on, takes a third off.',
    ].join('\n'),
  ],
  'in-flight': [
    [
      'What grows is the garbage collector: it is two thirds of the processor time with a hundred thousand in flight. What is alive',
      'when its young generation is full is copied, and copied once more before it counts as old. A hundred thousand bare calls',
      'die before that, for they fit into the young generation; three hundred thousand, which hold as many bytes as a hundred',
      'thousand of ours, cost 5 times what a thousand do. So a call in flight is kept small. `--max-semi-space-size=64` is too little',
      'for a hundred thousand: with `node --max-semi-space-size=256` they take less than half the processor time, for as many MiB.',
      'Bounded has a step of its own: to begin a hundred thousand calls in one go takes longer than a view stays fresh, so the',
      'last of them ask the store.',
    ].join('\n'),
  ],
  turns: [
    [
      'Here the compiler has seen every library, and every call another function, so that nothing can be inlined for one of them',
      'alone; item 1 is the best that each can do. Of a refusal of ours a quarter is making the error and its message.',
    ].join('\n'),
  ],
  windows: [
    [
      'A strict call copies all counters of the record, so it grows with the parts in use: the buckets, or the 21 segments of a',
      'window of more than 20 calls. What they add up to is known without reading them, as long as nobody else writes. The default',
      'of 10 buckets is where the copy is small beside a round trip. A window of calls drops a segment and begins another again and',
      'again: a record whose names change is a dictionary to V8, which takes longer to copy than an object whose names stay.',
      '',
      'Bounded copies once per flush. Each call with a window of time looks at the clock once more, to know its bucket: that is',
      'most of what such a window costs it.',
    ].join('\n'),
  ],
};

/** What is published elsewhere, on other machines and in other languages: no number of ours can be compared with it. */
export const elsewhere = [
  'In the same process, without promises and without a store, a breaker of another language is of another order; the figures are',
  'their own, on their own machines, and are not compared with ours:',
  '',
  '- resilience4j (Java): a supplier of 12.2 calls/µs makes 5.7 calls/µs when it is protected, which is 95 ns and 48 bytes a call',
  '  ([its pull request 1395](https://github.com/resilience4j/resilience4j/pull/1395), 2021).',
  '- gobreaker (Go): 2,331 ns and no allocation for a failure that is detected',
  '  ([gozephyr/circuit-breaker-benchmark](https://github.com/gozephyr/circuit-breaker-benchmark), AMD Ryzen 5 7430U, Go 1.23).',
  '  What its distributed form does to a shared circuit is in item 3, which runs its protocol here.',
].join('\n');
