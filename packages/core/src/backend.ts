/**
 * For authors of backends: what every backend needs beside the contract itself.
 *
 * `docs/writing-a-backend.md` shows how they fit together.
 */
export { PendingCalls, type Endings } from './backend/pending-calls.js';
export { readOptions } from './backend/read-options.js';
export { isTroubled } from './contract/troubled.js';
export { onAbort, withSignal } from './contract/with-signal.js';
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
