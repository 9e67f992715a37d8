export { instrument } from './instrument.js';
export type { InstrumentOptions, OpenCircuitsOptions } from './options.js';
