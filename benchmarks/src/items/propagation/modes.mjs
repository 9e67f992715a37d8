const bounded = (maxStaleness) => ({ consistency: { maxStaleness } });

/** What is compared: the factory's options, and whether the store pushes its transitions. */
export const modes = [
  { id: 'strict', name: 'strict', options: {}, watches: true },
  { id: 'watch-250', name: 'bounded 250 ms, with watch', options: bounded(250), watches: true },
  { id: 'plain-250', name: 'bounded 250 ms, without watch', options: bounded(250), watches: false },
  { id: 'watch-2000', name: 'bounded 2 s, with watch', options: bounded(2_000), watches: true },
  { id: 'plain-2000', name: 'bounded 2 s, without watch', options: bounded(2_000), watches: false },
];
