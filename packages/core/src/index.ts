export { isCircuitryError, CircuitryError, type CircuitryErrorCode } from './errors/circuitry-error.js';
export {
  ClosedError,
  CorruptRecordError,
  InvalidNameError,
  LeaseLostError,
  LockTimeoutError,
  StorageError,
  UnsupportedRecordError,
  type StorageErrorOptions,
} from './errors/storage-errors.js';
export type { CircuitRecord, CircuitState, Counters, Delta, Override } from './contract/record.js';
export { contractVersion } from './contract/storage.js';
export type {
  CallOptions,
  Change,
  Lease,
  ListOptions,
  LockOptions,
  NamedRecord,
  Reading,
  StorageBackend,
  StoreOptions,
  Unwatch,
  WatchEvent,
  WatchListener,
  WriteOptions,
} from './contract/storage.js';
export { applyDelta, counterOf, meetsExpectation } from './contract/counters.js';
export { checkRecord } from './contract/check-record.js';
export { assertName, longestName } from './contract/name.js';
export { withSignal } from './contract/with-signal.js';
export { systemClock, type Clock } from './time/clock.js';
export type { Duration, DurationUnit } from './time/duration.js';
export { MemoryBackend, type MemoryBackendOptions } from './memory/memory-backend.js';
