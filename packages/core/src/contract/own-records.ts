import type { StorageBackend } from './storage.js';

const vouchedFor = new WeakSet<StorageBackend>();

/**
 * Says of a backend, at the end of its constructor, that the records it hands out are whole, as `checkRecord` wants them, and
 * plain data that nobody changes any more. Core takes them as they are then. All others it copies, and checks the copy.
 *
 * Not for a class that others may extend, unless `new.target` is that very class. It has no own property but `contractVersion`.
 */
export function vouchFor(backend: StorageBackend): void {
  vouchedFor.add(backend);
}

/** Whether a backend's records may be taken as they are. A verb that was replaced is an own property. */
export function isVouchedFor(backend: StorageBackend): boolean {
  return vouchedFor.has(backend) && Object.keys(backend).length === 1;
}
