/** What came of one check, or of the harness. */
export interface CheckResult {
  /** The clause’s id; `'harness'` for a fault of the harness itself. */
  readonly clause: string;
  /** The check’s sentence; it begins with the clause’s id. */
  readonly title: string;
  /** How it ended. */
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why it failed, in full; why it was skipped. */
  readonly explanation?: string;
  /** How long it took, in ms. */
  readonly duration: number;
}

/** What came of a whole run. */
export interface ConformanceReport {
  /** True where nothing failed. Skipped checks do not count. */
  readonly passed: boolean;
  /** What repeats this run. */
  readonly seed: number;
  /** One for each check, in order. */
  readonly results: readonly CheckResult[];
}

/** The `clause` of results that blame the harness. */
export const harnessClause = 'harness';
