import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { after } from '../clock.js';

const shownFor = 8_000;
let show: (message: string) => void = () => {};

/** Says in one sentence what was done, to eyes and to screen readers. */
export function announce(message: string): void {
  show(message);
}

export function Toasts(): JSX.Element {
  const [message, setMessage] = useState('');
  useEffect(() => {
    show = setMessage;
    return () => (show = () => {});
  }, []);
  useEffect(() => (message === '' ? undefined : after(shownFor, () => setMessage(''))), [message]);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {message !== '' && <p class="toast">{message}</p>}
    </div>
  );
}
