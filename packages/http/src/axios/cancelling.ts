import { onAbort } from '@circuitry/core/backend';
import { asSignal } from '../signal.js';

/** How a caller of axios may cancel: by a signal, by a cancel token of old, or by either of them. */
export interface Cancellable {
  readonly signal?: unknown;
  readonly cancelToken?: { toAbortSignal?(): AbortSignal & { unsubscribe?(): void } };
}

/** What a request is cancelled by. */
export interface Cancelling {
  readonly signal: AbortSignal | undefined;
  /** The request is over. A token, or a signal beside it, may live as long as the process: nothing of the request stays there. */
  readonly leave: () => void;
}

export function cancellingOf({ signal, cancelToken }: Cancellable): Cancelling {
  const own = asSignal(signal);
  const ofToken = cancelToken?.toAbortSignal?.();
  if (ofToken === undefined) return { signal: own, leave: () => {} };
  const leaveToken = (): void => ofToken.unsubscribe?.();
  if (own === undefined) return { signal: ofToken, leave: leaveToken };
  const either = new AbortController();
  const leaves = [own, ofToken].map((each) => onAbort(each, () => either.abort(each.reason)));
  return {
    signal: either.signal,
    leave: () => {
      for (const leave of leaves) leave();
      leaveToken();
    },
  };
}
