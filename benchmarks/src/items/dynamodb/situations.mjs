/** The factory's options to compare. */
export const modes = [
  { id: 'strict', name: 'strict', options: {} },
  { id: 'strict-failures', name: "strict, `counting: 'failures'`", options: { counting: 'failures' } },
  { id: 'bounded', name: 'bounded, 250 ms', options: { consistency: { maxStaleness: '250ms' } } },
  {
    id: 'bounded-failures',
    name: "bounded, 250 ms, `counting: 'failures'`",
    options: { consistency: { maxStaleness: '250ms' }, counting: 'failures' },
  },
];

/** What the calls meet: `failEvery`: every nth call fails; `lanes`: calls at a time; `isOpen`: the circuit was tripped. */
export const situations = [
  { id: 'one', name: 'closed, one call after the other', lanes: 1, failEvery: Infinity },
  { id: 'many', name: 'closed, 32 calls at a time', lanes: 32, failEvery: Infinity },
  { id: 'failing', name: 'closed, one call after the other, every fourth fails', lanes: 1, failEvery: 4 },
  { id: 'open', name: 'open: refused', lanes: 1, failEvery: Infinity, isOpen: true },
];
