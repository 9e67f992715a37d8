/** What is compared: the factory's options. */
export const modes = [
  { id: 'strict', name: 'strict', options: {} },
  { id: 'strict-failures', name: "strict, `counting: 'failures'`", options: { counting: 'failures' } },
  { id: 'bounded-1s', name: 'bounded, 1 s', options: { consistency: { maxStaleness: '1s' } } },
  { id: 'bounded-10s', name: 'bounded, 10 s', options: { consistency: { maxStaleness: '10s' } } },
  {
    id: 'bounded-10s-failures',
    name: "bounded, 10 s, `counting: 'failures'`",
    options: { consistency: { maxStaleness: '10s' }, counting: 'failures' },
  },
];
