/**
 * The attributes of a circuit's item. They are part of the stored format: renaming one is a new {@link format}.
 *
 * Counters stand beside them, one attribute each, because `ADD` works on top-level attributes only. Each begins with
 * {@link counterSigil}, so no counter's name, whatever it is, can meet one of these or the table's key.
 */
export const attribute = {
  format: 'format',
  revision: 'revision',
  state: 'state',
  generation: 'generation',
  openings: 'openings',
  since: 'since',
  /** Absent for null. */
  expiresAt: 'expiresAt',
  /** A map; absent for null. */
  override: 'override',
  by: 'by',
  /** Absent for null. */
  lastFailure: 'lastFailure',
  /** How many applies this revision has seen: (revision, applies) names one exact set of counters. */
  applies: 'applies',
  /** When the record ends, ms since the epoch, inclusive; absent: never. The truth about its ttl. */
  endsAt: 'endsAt',
  /** Only on a circuit that is not closed or has an override: the partition of the sparse index that holds such. */
  troubled: 'troubled',
  /** Beside it: the beginning of the circuit's name, which the index sorts by. */
  troubledName: 'troubledName',
} as const;

/** The attributes of a lock's item, beside `format` and `endsAt`. */
export const lockAttribute = { token: 'token', owner: 'owner' } as const;

/** What a counter's attribute begins with. */
export const counterSigil = '.';

/** The format that this version writes, and the newest that it reads. */
export const format = 1;

/** Names that the table's key and its ttl attribute must not have. */
export const reservedAttributes: ReadonlySet<string> = new Set([
  ...Object.values(attribute),
  ...Object.values(lockAttribute),
]);
