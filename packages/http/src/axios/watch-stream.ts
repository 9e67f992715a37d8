import type { BodyWatch } from '../body-watch.js';

/** A Node.js Readable, as far as it is looked at. */
interface NodeReadable {
  once(event: 'end' | 'close', listener: () => void): unknown;
  readonly errored?: unknown;
}

/**
 * Watches a Node.js stream without a hand on it: it neither flows nor loses its errors by that. Whether anybody waits for it
 * can't be seen, so it is never said to have stalled.
 *
 * @returns false for what is no stream
 */
export function watchStream(data: object, start: () => BodyWatch): boolean {
  if (!('once' in data) || typeof data.once !== 'function' || !('pipe' in data)) return false;
  const stream = data as unknown as NodeReadable;
  const watch = start();
  watch.unseen();
  stream.once('end', () => void watch.over());
  stream.once('close', () => {
    const error = stream.errored;
    void (error === undefined || error === null ? watch.over() : watch.broke(error));
  });
  return true;
}
