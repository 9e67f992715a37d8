export { instrument, type InstrumentOptions } from './instrument.js';
export type { OpenCircuitsOptions } from './open-circuits.js';
