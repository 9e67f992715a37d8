/** The page's only source of time. */

/** ms since the epoch, by this machine's clock. */
export function machineNow(): number {
  return Date.now();
}

/** Calls back once after `ms`; the answer takes it back. */
export function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

/** Calls back every `ms` while the page is seen, and at once when it is seen again. */
export function everyWhileSeen(ms: number, callback: () => void): () => void {
  let timer: ReturnType<typeof setInterval> | null = null;
  const begin = (): void => {
    timer ??= setInterval(callback, ms);
  };
  const end = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  const onChange = (): void => {
    if (document.visibilityState === 'hidden') return end();
    callback();
    begin();
  };
  document.addEventListener('visibilitychange', onChange);
  if (document.visibilityState !== 'hidden') begin();
  return () => {
    document.removeEventListener('visibilitychange', onChange);
    end();
  };
}
