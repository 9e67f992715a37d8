/** What users make trip rules of. */
export { allOf } from './trip/kinds/all-of.js';
export { anyOf } from './trip/kinds/any-of.js';
export { consecutiveFailures } from './trip/kinds/consecutive-failures.js';
export { failureCount, type FailureCountOptions } from './trip/kinds/failure-count.js';
export { failureRate } from './trip/kinds/failure-rate.js';
export type { RateOptions } from './trip/rate.js';
export { slowCallRate } from './trip/kinds/slow-call-rate.js';
export type { TripFunction, TripPolicy, TripSubject } from './trip/trip-kind.js';
export { when } from './trip/kinds/when.js';
export type { WindowOption, WindowOptions } from './trip/window-option.js';
