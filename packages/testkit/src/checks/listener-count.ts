/** A signal that is never aborted, and how many `abort` listeners it has now. */
export function countListeners(): { readonly signal: AbortSignal; readonly count: () => number } {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  const add: EventTarget['addEventListener'] = signal.addEventListener.bind(signal);
  const remove: EventTarget['removeEventListener'] = signal.removeEventListener.bind(signal);
  Object.defineProperties(signal, {
    addEventListener: {
      value: (...args: Parameters<EventTarget['addEventListener']>): void => {
        if (args[0] === 'abort') listeners.add(args[1]);
        add(...args);
      },
    },
    removeEventListener: {
      value: (...args: Parameters<EventTarget['removeEventListener']>): void => {
        if (args[0] === 'abort') listeners.delete(args[1]);
        remove(...args);
      },
    },
  });
  return { signal, count: () => listeners.size };
}
