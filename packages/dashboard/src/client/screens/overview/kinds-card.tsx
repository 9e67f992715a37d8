import type { JSX } from 'preact';
import type { KindCounts } from '../../../protocol/answers.js';
import { addressOf } from '../../live/router.js';
import { Name } from '../../parts/name.js';
import { numberOf } from '../../text/words.js';

/** Which kinds of work are hit. */
export function KindsCard({ kinds }: { readonly kinds: readonly KindCounts[] }): JSX.Element {
  return (
    <section class="card">
      <h2 id="by-kind">By kind of work</h2>
      {kinds.length === 0 ? (
        <p class="quiet">No kind of work is hit.</p>
      ) : (
        <div class="scroll" role="region" aria-labelledby="by-kind" tabIndex={0}>
          <table class="kinds">
            <thead>
              <tr>
                <th scope="col">Kind</th>
                <th scope="col">Open</th>
                <th scope="col">Half-open</th>
                <th scope="col">Forced</th>
              </tr>
            </thead>
            <tbody>
              {kinds.map(({ kind, open, halfOpen, forcedOpen, forcedClosed }) => (
                <tr key={kind}>
                  <th scope="row">
                    <a href={addressOf('/list', { kind })}>
                      <Name name={kind} />
                    </a>
                  </th>
                  <Count of={open} look="open" />
                  <Count of={halfOpen} look="half-open" />
                  <Count of={forcedOpen + forcedClosed} look="forced" />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Count({ of, look }: { readonly of: number; readonly look: string }): JSX.Element {
  return <td class={of === 0 ? 'none' : `some-${look}`}>{numberOf(of)}</td>;
}
