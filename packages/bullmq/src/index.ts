export { protectProcessor, type CircuitProcessor, type ProtectedWork } from './protect-processor.js';
export { isHandedBack } from './handed-back.js';
export { MissingTokenError } from './missing-token-error.js';
export type { ProcessorOptions } from './options.js';
