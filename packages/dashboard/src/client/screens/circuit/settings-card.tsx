import type { JSX } from 'preact';
import type { ShownSetting } from '../../../protocol/circuit.js';

/** What the workers decide by, as the panel was told. */
export function SettingsCard({ settings }: { readonly settings: readonly ShownSetting[] }): JSX.Element {
  return (
    <section class="card">
      <h2>Settings</h2>
      {settings.length === 0 && <p class="quiet">Core’s defaults.</p>}
      <dl class="facts settings">
        {settings.map(({ name, value }) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {settings.length > 0 && <p class="hint">As this panel was given them. What is missing is core’s default.</p>}
    </section>
  );
}
