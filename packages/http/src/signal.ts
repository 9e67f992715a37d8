/** What a client was given as its signal, where it is one: clients take other things too, or refuse them in their own words. */
export function asSignal(given: unknown): AbortSignal | undefined {
  const isSignal = typeof given === 'object' && given !== null && 'aborted' in given && 'addEventListener' in given;
  return isSignal ? (given as AbortSignal) : undefined;
}
