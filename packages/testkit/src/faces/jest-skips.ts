/** What is needed of a test as Jest’s own runner (jest-circus) keeps it. */
export interface DeclaredTest {
  name: string;
  mode: string | null | undefined;
}

interface Block {
  readonly children: readonly unknown[];
}

/**
 * The test that was declared last in Jest; null in any other runner, and where Jest keeps its tests in another way.
 *
 * Jest has no call that skips a test once the file was read, and what a backend can do is known only after that. What
 * Jest does have is a mode per test, which it looks at when the test’s turn comes; it stands in a global of jest-circus.
 */
export function lastDeclared(): DeclaredTest | null {
  const symbol = Object.getOwnPropertySymbols(globalThis).find(
    ({ description }) => description === 'JEST_STATE_SYMBOL',
  );
  if (symbol === undefined) return null;
  const state = (globalThis as Record<symbol, unknown>)[symbol] as
    { readonly currentDescribeBlock?: Block } | undefined;
  const test = state?.currentDescribeBlock?.children.at(-1) as Partial<DeclaredTest & { type: string }> | undefined;
  return test?.type === 'test' && typeof test.name === 'string' && 'mode' in test ? (test as DeclaredTest) : null;
}

/** Has Jest skip a test whose turn has not come, with the reason in its title. */
export function skipWithReason(test: DeclaredTest, reason: string): void {
  test.mode = 'skip';
  test.name += ` (skipped: ${reason})`;
}
