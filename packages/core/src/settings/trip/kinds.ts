/** Every kind of trip rule. A new one is a file, and a line here. */
export { consecutiveFailuresKind } from './consecutive-failures.js';
export { failureCountKind } from './failure-count.js';
export { failureRateKind } from './failure-rate.js';
export { slowCallRateKind } from './slow-call-rate.js';
export { anyOfKind } from './any-of.js';
export { allOfKind } from './all-of.js';
export { whenKind } from './when.js';
