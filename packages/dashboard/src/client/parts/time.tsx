import type { JSX } from 'preact';
import { useNow } from '../live/use-now.js';
import { agoOf, lengthOf, timeOf, wholeTimeOf } from '../text/times.js';

/** A moment by the reader's clock; the whole of it on hover. */
export function Time({ at }: { readonly at: number }): JSX.Element {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={wholeTimeOf(at)}>
      {timeOf(at, now)}
    </time>
  );
}

/** How long ago. */
export function Ago({ at }: { readonly at: number }): JSX.Element {
  const now = useNow();
  return (
    <time class="count" dateTime={new Date(at).toISOString()} title={wholeTimeOf(at)}>
      {agoOf(at, now)}
    </time>
  );
}

/** How long still. */
export function Left({ until }: { readonly until: number }): JSX.Element {
  const now = useNow();
  return (
    <time class="count" dateTime={new Date(until).toISOString()} title={wholeTimeOf(until)}>
      {until <= now ? 'now' : `in ${lengthOf(until - now)}`}
    </time>
  );
}
