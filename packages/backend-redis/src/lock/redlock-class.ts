// Other packages' type checks read these sources, but don't include this folder's declarations unless they are named.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- there is nothing to import: it declares a module
/// <reference path="./redlock.d.ts" />
import type Redlock from 'redlock';

/** Loads redlock: only whoever spreads locks over several servers needs it. */
export async function loadRedlock(): Promise<typeof Redlock> {
  const loaded: { readonly default: unknown } = await import('redlock');
  // Its CommonJS build marks itself as an ES module; what it calls `default` is then one level deeper.
  const inner = loaded.default as { readonly default?: unknown };
  return (inner.default ?? inner) as typeof Redlock;
}
