/** One wrong option. */
export interface OptionProblem {
  readonly name: string;
  readonly value: unknown;
  /** What would have been right. */
  readonly expected: string;
}

/** The error for wrong options; it lists every fault at once. */
export function invalidOptions(problems: readonly OptionProblem[]): TypeError {
  const lines = problems.map(({ name, value, expected }) => `  ${name}: expected ${expected}, got ${String(value)}`);
  return new TypeError(`These options are wrong; nothing was made:\n${lines.join('\n')}`);
}
