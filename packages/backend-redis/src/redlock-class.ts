// Other packages' type checks read these sources, but don't include this folder's declarations unless they are named.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- there is nothing to import: it declares a module
/// <reference path="./redlock.d.ts" />
import Default from 'redlock';

/**
 * redlock's class, in both builds of this package.
 *
 * redlock's CommonJS build marks itself as an ES module; what it calls `default` is then one level deeper for a
 * CommonJS build of ours than for an ES module.
 */
export const Redlock: typeof Default = (Default as { readonly default?: typeof Default }).default ?? Default;
