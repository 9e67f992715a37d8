/** What users make trip rules of. */
export { allOf } from './trip/all-of.js';
export { anyOf } from './trip/any-of.js';
export { consecutiveFailures } from './trip/consecutive-failures.js';
export { failureCount, type FailureCountOptions } from './trip/failure-count.js';
export { failureRate } from './trip/failure-rate.js';
export type { RateOptions } from './trip/rate.js';
export { slowCallRate } from './trip/slow-call-rate.js';
export type { TripFunction, TripPolicy, TripSubject } from './trip/trip-kind.js';
export { when } from './trip/when.js';
export type { WindowOption, WindowOptions } from './trip/window-option.js';
