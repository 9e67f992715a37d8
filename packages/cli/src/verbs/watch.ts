import { systemClock } from '@circuitry/core';
import type { Change } from '../circuits/changes.js';
import { follow } from '../circuits/follow.js';
import { jsonOf } from '../circuits/view.js';
import { escapeText, jsonLine } from '../output/escape.js';
import { stateWord } from '../output/states.js';
import { againWords, overrideWords } from '../output/words.js';
import { within } from '../store/time-limit.js';
import { listerOf, type CommonOptions, type Session } from './session.js';

/** What `watch` takes. */
export interface WatchVerbOptions extends CommonOptions {
  readonly prefix?: string;
  /** ms between two looks at a store that does not push. */
  readonly every: number;
  /** Ends after so many transitions. */
  readonly count?: number;
  /** Ends after so many ms. */
  readonly for?: number;
}

/** Prints transitions as they come, until Ctrl-C, or as many or as long as told. */
export async function watch(session: Session, options: WatchVerbOptions): Promise<void> {
  const { terminal, store, clock } = session;
  const end = new AbortController();
  const cancel = options.for === undefined ? () => {} : systemClock.after(options.for, () => end.abort());
  const signal = AbortSignal.any([terminal.signal, end.signal]);
  let seen = 0;
  let written: Promise<void> = Promise.resolve();
  const onChange = (change: Change): void => {
    if (end.signal.aborted) return;
    seen += 1;
    written = written.then(() => terminal.out(lineOf(change, session)));
    if (seen === options.count) end.abort();
  };
  try {
    await follow({
      backend: store.backend,
      clock,
      prefix: options.prefix ?? '',
      every: options.every,
      signal,
      ask: (call) => within(session.timeout, signal, call),
      list: listerOf(session),
      onChange,
      onNote: (note) => terminal.note(`${note}\n`),
    });
  } catch (error) {
    // What was cut short by its own end is no fault.
    if (!signal.aborted) throw error;
  } finally {
    cancel();
    await written;
  }
}

function lineOf({ from, view }: Change, { terminal, clock, json }: Session): string {
  const now = clock.now();
  const at = new Date(now).toISOString();
  if (json) return jsonLine({ at, from, to: view.state, ...jsonOf(view, now) });
  const again = againWords(view, now);
  const details = [
    view.state === 'open' ? again : '',
    escapeText(view.lastFailure ?? ''),
    escapeText(overrideWords(view, now)),
  ].filter((word) => word !== '');
  const states = `${from === null ? '?' : stateWord(from, terminal)} -> ${stateWord(view.state, terminal)}`;
  return `${at}  ${escapeText(view.name)}  ${states}${details.length === 0 ? '' : `  (${details.join('; ')})`}\n`;
}
