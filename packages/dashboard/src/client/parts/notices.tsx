import type { ComponentChildren, JSX } from 'preact';
import type { Health } from '../../protocol/answers.js';
import type { ApiFault } from '../live/api.js';
import { numberOf } from '../text/words.js';
import { Time } from './time.js';

/** Where a screen would stand: what went wrong, and what can be done. */
export function Failed({ fault, onRetry }: { readonly fault: ApiFault; readonly onRetry: () => void }): JSX.Element {
  return (
    <section class="notice failed" role="alert">
      <h2>{titleOf(fault)}</h2>
      <p>{fault.message}</p>
      <p class="notice-code">{fault.code}</p>
      {fault.status !== 403 && fault.status !== 404 && (
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </section>
  );
}

/** Above what is shown and no longer sure. */
export function Stale({
  fault,
  health,
}: {
  readonly fault: ApiFault | null;
  readonly health: Health | null;
}): JSX.Element | null {
  const message = fault?.message ?? health?.error ?? null;
  if (message === null) return null;
  return (
    <div class="banner" role="alert">
      <strong>{fault === null ? 'The store does not answer.' : titleOf(fault)}</strong> {message}
      {health?.asOf != null && (
        <>
          {' '}
          What you see is from <Time at={health.asOf} />.
        </>
      )}
    </div>
  );
}

/** What a list can't promise. */
export function Partial({ health }: { readonly health: Health }): JSX.Element | null {
  if (!health.isIndexed) {
    return (
      <p class="hint">
        This backend has no index of troubled circuits:{' '}
        {health.isComplete ? 'all' : `the first ${numberOf(health.looked)}`} were looked at, one by one
        {health.isComplete ? '.' : '. There may be more.'}
      </p>
    );
  }
  return health.isComplete ? null : (
    <p class="hint">There are more than {numberOf(health.looked)}. The first of them are shown and counted.</p>
  );
}

/** Where there is nothing to show, and that is well. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="notice empty">
      <svg
        class="mark closed empty-mark"
        viewBox="0 0 28 20"
        width="84"
        height="60"
        aria-hidden="true"
        focusable="false"
      >
        <path class="mark-wire" d="M0 10h8M20 10h8" />
        <path class="mark-lever" d="M8 10h12" />
        <circle class="mark-end" cx="8" cy="10" r="2.3" />
        <circle class="mark-end" cx="20" cy="10" r="2.3" />
      </svg>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** A place-holder of the size of what comes. */
export function Waiting({ rows, label }: { readonly rows: number; readonly label: string }): JSX.Element {
  return (
    <div class="waiting" role="status">
      <span class="unseen">{label}</span>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} class="waiting-row" aria-hidden="true" />
      ))}
    </div>
  );
}

function titleOf({ status, code }: ApiFault): string {
  if (code === 'ERR_UNREACHABLE') return 'The panel does not answer.';
  if (code === 'ERR_STORAGE') return 'The store does not answer.';
  if (status === 403) return 'Not for you.';
  if (status === 404) return 'There is nothing here.';
  if (code === 'ERR_CORRUPT_RECORD' || code === 'ERR_UNSUPPORTED_RECORD') return 'This record can’t be read.';
  return 'That did not work.';
}
