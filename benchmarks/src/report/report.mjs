import { items } from '../items.mjs';
import { costTable } from './cost-table.mjs';
import { table } from './format.mjs';
import { elsewhere, notes } from './notes.mjs';

/**
 * The report of a run, and its charts by name.
 *
 * @param {object} results
 * @param {object | null} [peers] the comparison with the other libraries on another Node
 * @returns {{ document: string, charts: Record<string, string> }}
 */
export function writeReport(results, peers = null) {
  const charts = {};
  const measured = items.filter(({ key }) => results.items[key] !== undefined);
  const sections = measured.map((item) => {
    const result = results.items[item.key];
    const title = `## ${item.number}. ${item.title}`;
    if (result.skipped !== undefined) return `${title}\n\nNot measured: ${result.skipped}.`;
    const shown = item.report(result.data);
    Object.assign(charts, shown.charts);
    const pictures = Object.keys(shown.charts ?? {}).map((name) => `![${item.title}](performance/${name}.svg)`);
    return [title, shown.text, ...pictures, ...(notes[item.key] ?? []), provenance(result)].join('\n\n');
  });
  const document = [
    '# Performance',
    '<!-- Written by `npm run bench` (benchmarks/): change what it is made of, not this file. -->',
    introduction(results),
    '## Goals',
    goalTable(measured, results),
    ...sections,
    ...peerSections(peers),
    '## Elsewhere',
    elsewhere,
    '## How to repeat it',
    repeat,
  ].join('\n\n');
  return { document: `${document}\n`, charts };
}

/** The same tables from another Node, with the releases that run there. */
function peerSections(peers) {
  if (peers === null) return [];
  const measured = items.filter(({ key }) => peers.items[key]?.data !== undefined);
  const { versions, node } = peers.machine;
  return [
    `## The comparison on Node ${node.slice(1).split('.')[0]}`,
    [
      `Items ${measured.map(({ number }) => number).join(', ')} on Node ${node.slice(1)}, with the last releases for it: cockatiel ${versions.cockatiel}, opossum ${versions.opossum}, mollitia ${versions.mollitia};`,
      `measured on ${peers.date}.`,
    ].join('\n'),
    goalTable(measured, peers),
    ...measured.flatMap((item) => {
      const result = peers.items[item.key];
      return [`${item.number}. ${item.title}:`, costTable(result.data, { reference: 'cockatiel' }), provenance(result)];
    }),
  ];
}

function provenance({ load, seconds }) {
  return `<sub>Took ${seconds} s; load average of the machine ${load[0]} before and ${load[1]} after.</sub>`;
}

function introduction({ date, scale, machine, servers }) {
  const versions = Object.entries({ ...machine.versions, ...servers }).map(([name, version]) => `${name} ${version}`);
  return [
    `Measured on ${date}, by \`npm run bench\`${scale === 'full' ? '' : ` (${scale}: too short to be quoted)`}, each item in one run, with real processes and real servers on one machine:`,
    `${machine.processor}, ${machine.cores} cores, ${machine.memory}, ${machine.platform}, Node ${machine.node.slice(1)}; ${versions.join(', ')}.`,
    '',
    'The machine is small and shared with other work, so **the ratios within the run are the result**, and the absolute',
    'numbers are only its setting. In-process items are timed in turns, each contestant in a fresh process per round; tables',
    'show the median round, with the best and the worst in brackets. Processor time (of the whole process, background work',
    'included) stands beside wall time, because others on the machine disturb it less. What was still running elsewhere',
    'shows in the load average under each section: more than the number of cores means that we waited for a core.',
  ].join('\n');
}

function goalTable(measured, results) {
  const goals = measured.flatMap((item) => {
    const result = results.items[item.key];
    return result.skipped === undefined ? item.goals(result.data).map((goal) => ({ ...goal, item: item.number })) : [];
  });
  const rows = goals.map(({ item, goal, measured: value, met, missedBy, why }) => [
    `${item}. ${goal}`,
    value,
    met ? 'met' : `**missed** by ${missedBy}: ${why}`,
  ]);
  return table(['goal', 'measured', 'result'], rows, [0, 1, 2]);
}

const repeat = `<!-- no-run: it takes minutes -->
\`\`\`sh no-run
npm run bench -- --nodes                   # the whole report: every item on Node 24, the comparison on Node 20 as well
npm run bench -- --nodes --only 5 --merge  # one item of it anew, into the last report
npm run bench -- --only 1,3 --quick        # a look at some of it, on the Node at hand, writes nothing
npm run bench -- --guard                   # and warns where a ratio is much worse than benchmarks/baseline.json
\`\`\`

The first takes about 40 minutes; it writes this file and [Scaling](scaling.md). It brings Node 20, 22 and 24 in from npm. The numbers behind the tables are in [benchmarks/results/latest.json](../benchmarks/results/latest.json),
the code in [benchmarks](../benchmarks). A Redis server is started on a free port, from the machine's own \`redis-server\`;
DynamoDB is [dynoxide](../tooling/servers/dynamodb.mjs). Nothing else is needed.

What a large fleet would need, out of these numbers: [Scaling](scaling.md).`;
