/** Every kind of trip rule. A new one is a file, and a line here. */
export { consecutiveFailuresKind } from './kinds/consecutive-failures.js';
export { failureCountKind } from './kinds/failure-count.js';
export { failureRateKind } from './kinds/failure-rate.js';
export { slowCallRateKind } from './kinds/slow-call-rate.js';
export { anyOfKind } from './kinds/any-of.js';
export { allOfKind } from './kinds/all-of.js';
export { whenKind } from './kinds/when.js';
