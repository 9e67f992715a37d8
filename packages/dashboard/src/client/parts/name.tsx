import type { JSX } from 'preact';
import { addressOf } from '../live/router.js';
import { piecesOf } from '../text/visible.js';

/** A circuit's name, or what else somebody else wrote: as text, set apart from the text around it, what can't be seen shown. */
export function Name({ name }: { readonly name: string }): JSX.Element {
  return (
    <bdi class="name" translate={false}>
      {piecesOf(name).map(({ text, isEscape }) => (isEscape ? <span class="escape">{text}</span> : text))}
    </bdi>
  );
}

export function CircuitLink({ name }: { readonly name: string }): JSX.Element {
  return (
    <a class="circuit-link" href={addressOf('/circuit', { name })}>
      <Name name={name} />
    </a>
  );
}
