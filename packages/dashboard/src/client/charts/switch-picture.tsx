import type { JSX } from 'preact';
import type { Look } from '../text/words.js';

/** The state as a picture: a switch in a wire. Current flows where calls do. */
export function SwitchPicture({ look, small = false }: { readonly look: Look; readonly small?: boolean }): JSX.Element {
  return (
    <svg class={`switch ${look}${small ? ' small' : ''}`} viewBox="0 0 240 112" aria-hidden="true" focusable="false">
      <path class="switch-wire" d="M8 78H80" />
      <path class="switch-wire switch-far" d="M160 78H232" />
      {look === 'half-open' && <path class="switch-trial" d="M160 78H232" />}
      <g class="switch-lever">
        <path d="M80 78H160" />
      </g>
      {look === 'half-open' && <path class="switch-arc" d="M156.6 52.6A82 82 0 0 1 162 78" />}
      <circle class="switch-end" cx="80" cy="78" r="9" />
      <circle class="switch-end" cx="160" cy="78" r="9" />
      {look.startsWith('forced') && (
        <g class="switch-lock">
          <rect x="66" y="18" width="28" height="22" rx="5" />
          <path d="M72.500 18v-5.500a7.500 7.500 0 0 1 15 0V18" />
          <path class="switch-chain" d="M80 40V66" />
        </g>
      )}
    </svg>
  );
}
