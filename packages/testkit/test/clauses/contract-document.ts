import { checks, clauseFamilies, type Clause } from '../../src/index.js';

/** The chapters of docs/storage-contract.md, as the clauses say them. */
export function chapters(): string {
  return clauseFamilies.map(({ title, clauses }) => [`## ${title}`, ...clauses.map(section)].join('\n\n')).join('\n\n');
}

/** The list of what no check sees. */
export function uncheckedList(): string {
  const unchecked = clauseFamilies.flatMap(({ clauses }) => clauses).filter((clause) => clause.unchecked !== undefined);
  return unchecked
    .map(({ id, unchecked: reason }) => `- **${id}** ${isChecked(id) ? '(in part)' : '(wholly)'}: ${reason}`)
    .join('\n');
}

function section({ id, level, text, why }: Clause): string {
  const titles = checks.filter(({ clause }) => clause === id).map(({ title }) => title.slice(id.length + 1));
  const checked = titles.length === 0 ? 'Unchecked.' : `Checked: ${titles.join('; ')}.`;
  return [
    `### ${id} (${level})`,
    text,
    `*Why*: ${why}`,
    `*${checked.replace(': ', '*: ')}`.replace('*Unchecked.', '*Unchecked.*'),
  ].join('\n\n');
}

function isChecked(id: string): boolean {
  return checks.some(({ clause }) => clause === id);
}
