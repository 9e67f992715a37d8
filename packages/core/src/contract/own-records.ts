import type { StorageBackend } from './storage.js';

const vouchedFor = new WeakSet<StorageBackend>();

/** A backend of core's own: its records are plain data that never changes, so core takes them as they are. */
export function vouchFor(backend: StorageBackend): void {
  vouchedFor.add(backend);
}

/** Whether a backend's records may be taken as they are. Of any other's, and where one of its verbs was replaced, core makes copies. */
export function isVouchedFor(backend: StorageBackend): boolean {
  return vouchedFor.has(backend) && Object.keys(backend).length === 1;
}
