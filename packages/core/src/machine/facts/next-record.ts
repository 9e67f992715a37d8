import type { CircuitRecord } from '../../contract/record.js';

/** A record before the shell stamps it: everything that the machine decides. */
export type NextRecord = Omit<CircuitRecord, 'revision' | 'by'>;
