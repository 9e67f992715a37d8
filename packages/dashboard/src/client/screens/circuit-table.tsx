import type { JSX } from 'preact';
import type { CircuitView } from '../../protocol/circuit.js';
import { CircuitLink, Name } from '../parts/name.js';
import { State } from '../parts/state.js';
import { Ago, Left } from '../parts/time.js';
import { numberOf } from '../text/words.js';

/** Circuits in rows; on a narrow screen each row is a card. Roles are said: laid out as cards it would lose them. */
export function CircuitTable({ circuits }: { readonly circuits: readonly CircuitView[] }): JSX.Element {
  return (
    <table class="circuits" role="table">
      <caption class="unseen">Circuits, with their state and why</caption>
      <thead role="rowgroup">
        <tr role="row">
          {['State', 'Circuit', 'Why', 'Since', 'Until'].map((title) => (
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
  const { name, since, until, isDue, override, state } = circuit;
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
      <td class="cell-since" role="cell" data-label="Since">
        {since === 0 ? <span class="quiet">first seen</span> : <Ago at={since} />}
      </td>
      <td class="cell-until" role="cell" data-label={override === null ? 'Tries again' : 'Until'}>
        {until !== null && <Left until={until} />}
        {until === null && isDue && 'at the next call'}
        {until === null &&
          !isDue &&
          (override !== null ? 'released' : state === 'closed' ? <span class="quiet">–</span> : '–')}
      </td>
    </tr>
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
        {override.reason === null ? <span class="quiet">No reason was given</span> : <Name name={override.reason} />}
        {override.by !== null && (
          <span class="by">
            {' '}
            by <Name name={override.by} />
          </span>
        )}
      </>
    );
  }
  return (
    <>
      {lastFailure !== null && <Name name={lastFailure} />}
      {openings > 1 && <span class="by"> {numberOf(openings)} times in a row</span>}
      {lastFailure === null && openings <= 1 && (
        <span class="quiet">
          {consecutiveFailures > 0 ? `${numberOf(consecutiveFailures)} failures in a row` : '–'}
        </span>
      )}
    </>
  );
}
