import type { JSX } from 'preact';
import { addressOf } from '../live/router.js';
import { piecesOf } from '../text/visible.js';

/** A circuit's name, or what else somebody else wrote: as text, set apart from the text around it, what can't be seen shown. */
export function Name({ name }: { readonly name: string }): JSX.Element {
  return (
    <bdi class="name" translate={false}>
      {visible(name)}
    </bdi>
  );
}

/** What a person wrote: as {@link Name}, in the type of the text around it. */
export function Said({ text }: { readonly text: string }): JSX.Element {
  return <bdi class="said">{visible(text)}</bdi>;
}

export function CircuitLink({ name }: { readonly name: string }): JSX.Element {
  return (
    <a class="circuit-link" href={addressOf('/circuit', { name })}>
      <Name name={name} />
    </a>
  );
}

function visible(text: string): (JSX.Element | string)[] {
  return piecesOf(text).map((piece) => (piece.isEscape ? <span class="escape">{piece.text}</span> : piece.text));
}
