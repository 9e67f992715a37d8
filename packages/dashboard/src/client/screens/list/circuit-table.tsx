import type { JSX } from 'preact';
import type { CircuitView } from '../../../protocol/circuit.js';
import { CircuitLink, Name, Said } from '../../parts/name.js';
import { State } from '../../parts/state.js';
import { Ago, Left } from '../../parts/time.js';
import { numberOf } from '../../text/words.js';

/** Circuits in rows; on a narrow screen each row is a card. Roles are said: laid out as cards it would lose them. */
export function CircuitTable({ circuits }: { readonly circuits: readonly CircuitView[] }): JSX.Element {
  return (
    <table class="circuits" role="table">
      <caption class="unseen">Circuits, with their state and why</caption>
      <thead role="rowgroup">
        <tr role="row">
          {['State', 'Circuit', 'Why', 'Since', 'Next'].map((title) => (
            <th key={title} scope="col" role="columnheader">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {circuits.map((circuit) => (
          <Row key={circuit.name} circuit={circuit} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ circuit }: { readonly circuit: CircuitView }): JSX.Element {
  const { name, since } = circuit;
  return (
    <tr role="row">
      <td class="cell-state" role="cell">
        <State circuit={circuit} />
      </td>
      <th class="cell-name" scope="row" role="rowheader">
        <CircuitLink name={name} />
      </th>
      <td class="cell-why" role="cell">
        <Why circuit={circuit} />
      </td>
      <td class="cell-since" role="cell">
        {since === 0 ? <span class="quiet">first seen</span> : <Ago at={since} />}
      </td>
      <td class="cell-until" role="cell">
        <Next circuit={circuit} />
      </td>
    </tr>
  );
}

/** What comes next, and when. */
function Next({ circuit: { override, state, until, isDue } }: { readonly circuit: CircuitView }): JSX.Element {
  if (override !== null)
    return until === null ? (
      <>until released</>
    ) : (
      <>
        ends <Left until={until} />
      </>
    );
  if (isDue) return <>tries at the next call</>;
  if (state === 'half-open') return <>trying now</>;
  return until === null ? (
    <span class="quiet">–</span>
  ) : (
    <>
      tries <Left until={until} />
    </>
  );
}

function Why({
  circuit: { override, lastFailure, consecutiveFailures, openings },
}: {
  readonly circuit: CircuitView;
}): JSX.Element {
  if (override !== null) {
    return (
      <>
        {override.reason === null ? <span class="quiet">No reason given</span> : <Said text={override.reason} />}
        {override.by !== null && (
          <span class="by">
            {' · '}
            <Said text={override.by} />
          </span>
        )}
      </>
    );
  }
  if (lastFailure === null && openings <= 1) {
    return (
      <span class="quiet">{consecutiveFailures > 0 ? `${numberOf(consecutiveFailures)} failures in a row` : '–'}</span>
    );
  }
  return (
    <>
      {lastFailure !== null && <Name name={lastFailure} />}
      {openings > 1 && <span class="by"> · opened {numberOf(openings)}× in a row</span>}
    </>
  );
}
