const bounded = { consistency: { maxStaleness: '250ms' } };

/** What is compared. Without options nothing is protected: what promises and garbage themselves cost then. */
export const modes = [
  { id: 'bare', name: 'bare calls', store: null, options: null },
  { id: 'strict-memory', name: 'strict, MemoryBackend', store: 'memory', options: {} },
  { id: 'bounded-memory', name: 'bounded, MemoryBackend', store: 'memory', options: bounded },
  { id: 'strict-redis', name: 'strict, live Redis', store: 'redis', options: {} },
  { id: 'bounded-redis', name: 'bounded, live Redis', store: 'redis', options: bounded },
];
