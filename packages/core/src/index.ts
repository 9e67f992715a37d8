export { CircuitryError, type CircuitryErrorCode } from './errors/circuitry-error.js';
export { isCircuitryError, type ErrorByCode } from './breaker/error-by-code.js';
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
export { onAbort, withSignal } from './contract/with-signal.js';
export { systemClock, type Clock } from './time/clock.js';
export type { Duration, DurationUnit } from './time/duration.js';
export { MemoryBackend, type MemoryBackendOptions } from './memory/memory-backend.js';
export { casLease, type CasLeaseOptions } from './exclusive/cas-lease.js';
export { CircuitBreakerFactory } from './breaker/factory.js';
export { CircuitBreaker, type ExecuteOptions, type StartOptions } from './breaker/breaker.js';
export type { RefusedResult, Settled, SettledCircuit } from './breaker/settled.js';
export { Permit, type FailOptions } from './breaker/permit.js';
export type { Work } from './call/work.js';
export type { WorkContext } from './call/call.js';
export type { OverrideOptions } from './breaker/operators.js';
export { CallRefusedError, CircuitOpenError, ForcedOpenError, TooManyTrialsError } from './admission/refusal-errors.js';
export { PermitEndedError, WorkTimeoutError } from './errors/call-errors.js';
export { InvalidSettingsError, SettingsConflictError, type SettingsProblem } from './errors/settings-errors.js';
export type { Information, WindowInformation } from './machine/facts/information.js';
export type { OutcomeKind, ToldToWait } from './machine/facts/outcome.js';
export { retryAfterOf } from './call/retry-after.js';
export type { TransitionReason } from './machine/transition/transition.js';
export {
  allOf,
  anyOf,
  consecutiveFailures,
  failureCount,
  failureRate,
  slowCallRate,
  when,
  type FailureCountOptions,
  type RateOptions,
  type TripFunction,
  type TripPolicy,
  type TripSubject,
  type WindowOption,
  type WindowOptions,
} from './settings/trip-policy.js';
export {
  exponential,
  type AllowAfterFunction,
  type AllowAfterSubject,
  type ExponentialOptions,
} from './settings/exponential.js';
export { circuitName, circuitParts } from './settings/circuit-name.js';
export { expected, ExpectedError } from './errors/expected-error.js';
export { mergeSettings, type PartialOptions } from './settings/merge-settings.js';
export type {
  CircuitOptionName,
  CircuitOptions,
  Consistency,
  DefaultContext,
  DescribeFailure,
  ErrorMatcher,
  FactoryOptions,
  Mode,
  NameFunction,
  ResultMatcher,
} from './settings/options.js';
export type {
  DecidedBy,
  FactoryEvents,
  FactoryListener,
  FaultySetting,
  StateChange,
  StorageFailurePolicy,
  Subject,
} from './events/events.js';
export {
  pinoLogger,
  winstonLogger,
  type FieldsFirstLogger,
  type LevelFirstLogger,
  type LogFields,
  type Logger,
  type LogLevel,
} from './events/logger.js';
