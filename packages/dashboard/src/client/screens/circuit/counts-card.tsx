import type { JSX } from 'preact';
import type { CircuitDetail } from '../../../protocol/circuit.js';
import { WindowChart } from '../../charts/window-chart.js';
import { noCountsOf, numberOf } from '../../text/words.js';

/** What was counted since the counts were last cleared. */
export function CountsCard({ circuit }: { readonly circuit: CircuitDetail }): JSX.Element {
  const { totals, windows, consecutiveFailures } = circuit;
  const isEmpty = totals.successes + totals.failures + totals.ignored === 0;
  return (
    <section class="card">
      <h2>Counts</h2>
      {isEmpty ? (
        <p class="quiet">{noCountsOf(circuit)}</p>
      ) : (
        <dl class="numbers">
          <Count label="Failures in a row" of={consecutiveFailures} />
          <Count label="Successes" of={totals.successes} />
          <Count label="Failures" of={totals.failures} />
          <Count label="Slow" of={totals.slow} />
          <Count label="Ignored" of={totals.ignored} />
        </dl>
      )}
      {windows.map((window) => (
        <WindowChart key={`${window.kind}${window.length}x${window.cells.length}`} window={window} />
      ))}
    </section>
  );
}

function Count({ label, of }: { readonly label: string; readonly of: number }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{numberOf(of)}</dd>
    </div>
  );
}
