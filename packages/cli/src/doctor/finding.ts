/** What an examination found. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  /** `fault`: circuits don't work as promised. `warning`: they do, and something can go wrong. `skipped`: not looked at. */
  readonly outcome: 'ok' | 'warning' | 'fault' | 'skipped';
  /** What was seen. */
  readonly found: string;
  /** What to do about it; null: nothing. */
  readonly advice: string | null;
}

/** All is well there. */
export function ok(check: string, found: string): Finding {
  return { check, outcome: 'ok', found, advice: null };
}

/** It works, and something can go wrong. */
export function warning(check: string, found: string, advice: string): Finding {
  return { check, outcome: 'warning', found, advice };
}

/** Circuits don't work as promised. */
export function fault(check: string, found: string, advice: string): Finding {
  return { check, outcome: 'fault', found, advice };
}

/** It was not looked at, and why. */
export function skipped(check: string, found: string): Finding {
  return { check, outcome: 'skipped', found, advice: null };
}
