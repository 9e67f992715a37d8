import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Session } from '../../protocol/answers.js';
import { changes, type LiveState } from '../live/changes.js';
import { addressOf } from '../live/router.js';
import { Said } from './name.js';

/** The bar at the top: where one is, whether what is shown is fresh, who one is. */
export function Header({ path, session }: { readonly path: string; readonly session: Session | null }): JSX.Element {
  return (
    <header class="top">
      <a class="skip" href="#content">
        Skip to content
      </a>
      <div class="top-inner">
        <a class="brand" href={addressOf('/')}>
          <svg viewBox="0 0 28 20" width="28" height="20" aria-hidden="true" focusable="false">
            <path class="brand-wire" d="M1 13h6M21 13h6M7 13 18 5.500" />
            <circle class="brand-end" cx="7" cy="13" r="2.600" />
            <circle class="brand-end" cx="21" cy="13" r="2.600" />
          </svg>
          Circuits
        </a>
        <nav aria-label="Main">
          <a href={addressOf('/')} aria-current={path === '/' ? 'page' : undefined}>
            Overview
          </a>
          <a href={addressOf('/list')} aria-current={path === '/list' ? 'page' : undefined}>
            List
          </a>
        </nav>
        <div class="top-end">
          <Reader session={session} />
          <Live />
          <ThemeButton />
        </div>
      </div>
    </header>
  );
}

const liveWords: Readonly<Record<LiveState, readonly [word: string, title: string]>> = {
  live: ['Live', 'Transitions are pushed as they happen.'],
  polling: ['Every 5 s', 'Circuits are asked for again every few seconds.'],
  off: ['Waiting', 'No news for now.'],
};

function Live(): JSX.Element {
  const [state, setState] = useState<LiveState>(changes.state);
  useEffect(() => changes.onState(setState), []);
  const [word, title] = liveWords[state];
  return (
    <span class={`live live-${state}`} title={title}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
        {state === 'live' && <circle class="live-dot" cx="6" cy="6" r="4" />}
        {state === 'polling' && <path class="live-ring" d="M6 2a4 4 0 1 1-4 4" />}
        {state === 'off' && <path class="live-ring" d="M2 6h8" />}
      </svg>
      <span class="live-word">{word}</span>
    </span>
  );
}

function Reader({ session }: { readonly session: Session | null }): JSX.Element | null {
  if (session === null) return null;
  return (
    <span class="reader">
      {session.by !== null && <Said text={session.by} />}
      <span class="reader-right">{session.write ? 'May act' : 'Read only'}</span>
    </span>
  );
}

const themes = ['system', 'light', 'dark'] as const;

function ThemeButton(): JSX.Element {
  const [theme, setTheme] = useState(() => document.documentElement.dataset['theme'] ?? 'system');
  const next = themes[(themes.indexOf(theme as (typeof themes)[number]) + 1) % themes.length] ?? 'system';
  const change = (): void => {
    setTheme(next);
    if (next === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = next;
    try {
      localStorage.setItem('circuitry-theme', next);
    } catch {
      // It holds until the page is left.
    }
  };
  return (
    <button type="button" class="icon-button" onClick={change} title={`Theme: ${theme}. Change to ${next}.`}>
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
        <circle class="theme-ring" cx="10" cy="10" r="6.500" />
        {theme === 'system' && <path class="theme-fill" d="M10 3.500a6.500 6.500 0 0 1 0 13z" />}
        {theme === 'dark' && <circle class="theme-fill" cx="10" cy="10" r="6.500" />}
      </svg>
      <span class="unseen">{`Theme: ${theme}. Change to ${next}.`}</span>
    </button>
  );
}
