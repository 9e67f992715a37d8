import { useEffect, useState } from 'preact/hooks';
import { basePath } from './api.js';

/** Where the reader is. */
export interface Place {
  /** Below the base path: `'/'`, `'/list'`, `'/circuit'`. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const listeners = new Set<() => void>();

function here(): Place {
  const { pathname, search } = location;
  const path = pathname.startsWith(basePath) ? pathname.slice(basePath.length).replace(/\/$/, '') : '';
  return { path: path === '' ? '/' : path, query: new URLSearchParams(search) };
}

/** The address of a place. */
export function addressOf(path: string, query: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const search = new URLSearchParams(given).toString();
  const target = path === '/' ? `${basePath}/` : basePath + path;
  return search === '' ? target : `${target}?${search}`;
}

/** Goes there. `replace`: without a step in the browser's history, for what is typed. */
export function go(address: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  listeners.forEach((each) => each());
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const tell = (): void => setPlace(here());
    listeners.add(tell);
    window.addEventListener('popstate', tell);
    document.addEventListener('click', followLinks);
    return () => {
      listeners.delete(tell);
      window.removeEventListener('popstate', tell);
      document.removeEventListener('click', followLinks);
    };
  }, []);
  return place;
}

/** Plain clicks on the panel's own links don't load the page again; all others are the browser's. */
function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.origin !== location.origin || link.target !== '') return;
  if (link.pathname !== basePath && !link.pathname.startsWith(`${basePath}/`)) return;
  // A place on this page: the skip link.
  if (link.getAttribute('href')?.startsWith('#') === true) return;
  event.preventDefault();
  go(link.href);
  window.scrollTo(0, 0);
}
