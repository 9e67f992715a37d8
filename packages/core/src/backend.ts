/**
 * For authors of backends, and of packages around them: what they need beside the contract itself.
 *
 * `docs/writing-a-backend.md` shows how they fit together.
 */
export { countdown, leaseLeft } from './backend/lease-time.js';
export { PendingCalls, type Endings } from './backend/pending-calls.js';
export { readOptions } from './backend/read-options.js';
export { parseHttpDate } from './call/http-date.js';
export { copyOf, counted } from './contract/counters.js';
export { vouchFor } from './contract/own-records.js';
export { isTroubled } from './contract/troubled.js';
export { onAbort, withSignal } from './contract/with-signal.js';
export { counterOverflow } from './errors/storage-errors.js';
export { show } from './errors/show.js';
export { toldUntil } from './machine/record/pending-wait.js';
export { circuitKind } from './settings/circuit-kind.js';
export {
  callable,
  duration,
  flag,
  integer,
  isObject,
  number,
  objectWith,
  oneOf,
  optional,
  text,
  type ReadBy,
  type Reader,
  type Readers,
} from './settings/readers.js';
export { isThenable, unwanted } from './time/thenable.js';
