/** What is used of a client of the user's that tells of its connection. */
interface Telling {
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}

interface Ear {
  readonly listeners: Set<() => void>;
  readonly hear: () => void;
}

const ears = new WeakMap<Telling, Ear>();

/**
 * Hears the event of a client of the user's that tells that it is connected; the answer stops that. All backends on one
 * client are one listener of it: Node warns of more than ten.
 */
export function hearClient(client: Telling, event: 'ready' | 'connect', listener: () => void): () => void {
  let ear = ears.get(client);
  if (ear === undefined) {
    const listeners = new Set<() => void>();
    ear = { listeners, hear: () => [...listeners].forEach((each) => each()) };
    ears.set(client, ear);
  }
  const { listeners, hear } = ear;
  if (listeners.size === 0) client.on(event, hear);
  listeners.add(listener);
  return () => {
    if (listeners.delete(listener) && listeners.size === 0) client.off(event, hear);
  };
}
