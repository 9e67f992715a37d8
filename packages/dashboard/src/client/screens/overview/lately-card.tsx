import type { JSX } from 'preact';
import type { CircuitView } from '../../../protocol/circuit.js';
import { CircuitLink, Name, Said } from '../../parts/name.js';
import { State } from '../../parts/state.js';
import { Ago } from '../../parts/time.js';

/** The newest trouble. */
export function LatelyCard({ circuits }: { readonly circuits: readonly CircuitView[] }): JSX.Element {
  return (
    <section class="card">
      <h2>Newest</h2>
      {circuits.length === 0 && <p class="quiet">Nothing changed for the worse in this hour.</p>}
      {circuits.length > 0 && (
        <ol class="lately">
          {circuits.map((circuit) => (
            <li key={circuit.name}>
              <State circuit={circuit} />
              <span class="lately-name">
                <CircuitLink name={circuit.name} />
                {circuit.lastFailure !== null && circuit.override === null && (
                  <span class="lately-why">
                    <Name name={circuit.lastFailure} />
                  </span>
                )}
                {circuit.override?.reason != null && (
                  <span class="lately-why">
                    <Said text={circuit.override.reason} />
                  </span>
                )}
              </span>
              <Ago at={circuit.since} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
