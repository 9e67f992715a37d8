import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { items } from './items.mjs';

export const help = `pnpm bench [options]

Measures everything, and writes docs/performance.md, its charts and benchmarks/results/latest.json.

  --only 1,3     only these items; nothing is written
  --merge        with --only: puts these items into the last report in place of its own
  --quick        short rounds, for a look; nothing is written
  --tiny         as short as can be: shows that the code runs, and nothing else
  --out folder   writes report and results there
  --nodes        the whole report: brings Node 20, 22 and 24 in from npm, measures everything on 24, and the comparison with
                 the other libraries on 20 as well
  --peers        only that comparison (items 1, 2, 12), kept beside the report of another Node
  --guard        compares the ratios with benchmarks/baseline.json, and warns
  --report       measures nothing: writes the report again from results/latest.json

${items.map(({ number, title }) => `  ${number}  ${title}`).join('\n')}`;

/** @param {string[]} words @returns what to do, or `{ fault }` */
export function parseArguments(words) {
  let values;
  try {
    ({ values } = parseArgs({
      args: words.filter((word) => word !== '--'),
      options: {
        only: { type: 'string' },
        out: { type: 'string' },
        quick: { type: 'boolean' },
        tiny: { type: 'boolean' },
        merge: { type: 'boolean' },
        nodes: { type: 'boolean' },
        peers: { type: 'boolean' },
        guard: { type: 'boolean' },
        report: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    return { fault: `${error.message}\n\n${help}` };
  }
  const named = values.only?.split(',').map(Number) ?? null;
  const peers = items.filter(({ comparesPeers }) => comparesPeers).map(({ number }) => number);
  const only = values.peers ? peers.filter((number) => named?.includes(number) ?? true) : named;
  const unknown = named?.find((number) => !items.some((item) => item.number === number));
  if (unknown !== undefined) return { fault: `--only: there is no such item.\n\n${help}` };
  return {
    only,
    scale: values.tiny ? 'tiny' : values.quick ? 'quick' : 'full',
    // Started by pnpm in this package's folder; the user stands elsewhere.
    out: values.out === undefined ? null : resolve(process.env.INIT_CWD ?? '.', values.out),
    merge: values.merge ?? false,
    nodes: values.nodes ?? false,
    peers: values.peers ?? false,
    guard: values.guard ?? false,
    report: values.report ?? false,
    help: values.help ?? false,
  };
}
