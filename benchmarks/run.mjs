// pnpm bench: everything side by side in one run, on real processes and real servers. See --help.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { warnings } from './guard.mjs';
import { help, parseArguments } from './src/command-line.mjs';
import { items } from './src/items.mjs';
import { currentLoad, describeMachine } from './src/measure/machine.mjs';
import { measureOnNodes, oldestMajor, peersFile } from './src/nodes.mjs';
import { writeReport } from './src/report/report.mjs';
import { scalingDocument } from './src/scaling/document.mjs';
import { openServers } from './src/servers.mjs';

const resultsFolder = join(import.meta.dirname, 'results');
const resultsFile = join(resultsFolder, 'latest.json');
const documents = join(import.meta.dirname, '..', 'docs');
// Servers end with this process, but only if it ends by itself.
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
]) {
  process.once(signal, () => process.exit(128 + number));
}

const options = parseArguments(process.argv.slice(2));

if ('fault' in options) {
  console.error(options.fault);
  process.exitCode = 2;
} else if (options.help) {
  console.log(help);
} else if (options.report) {
  report(readResults(resultsFile), documents, peersElsewhere());
} else if (options.nodes) {
  const words = process.argv.slice(2).filter((word) => word !== '--' && word !== '--nodes');
  process.exitCode = await measureOnNodes(import.meta.filename, words);
} else {
  await measureAndReport(options);
}

async function measureAndReport({ only, scale, out, guard, merge, peers }) {
  if (only?.length === 0) return;
  const results = await measureAll(only, scale);
  if (peers) {
    if (out === null && scale === 'full') addPeers(results);
    else console.log(`\n${writeReport(results).document}`);
    return;
  }
  if (merge) addEarlier(results);
  console.log(`\n${writeReport(results).document}`);
  if (out !== null) {
    saveResults(results, join(out, 'latest.json'));
    report(results, out);
  } else if (scale === 'full' && (only === null || merge)) {
    saveResults(results, resultsFile);
    report(results, documents, peersElsewhere());
  } else {
    console.log('A part of it, or a quick run: the documents and results/latest.json stay as they are.');
  }
  if (guard) for (const line of warnings(results)) console.log(line);
}

async function measureAll(only, scale) {
  const wanted = items.filter(({ number }) => only === null || only.includes(number));
  const results = { date: new Date().toISOString().slice(0, 10), scale, machine: describeMachine(), items: {} };
  const servers = await openServers(new Set(wanted.flatMap(({ needs }) => needs)));
  results.servers = servers.versions;
  try {
    for (const item of wanted) results.items[item.key] = await measureOne(item, scale, servers);
  } finally {
    await servers.close();
  }
  return results;
}

async function measureOne(item, scale, servers) {
  const missing = item.needs.map((need) => servers.missing[need]).find((reason) => reason !== undefined);
  console.log(`${item.number}. ${item.title}${missing === undefined ? '' : `: skipped, ${missing}`}`);
  if (missing !== undefined) return { skipped: missing };
  const load = currentLoad();
  const begun = performance.now();
  const log = (text) => console.log(`   ${text}`);
  let data;
  try {
    data = await item.measure({ scale, redis: servers.redis, dynamodb: servers.dynamodb, log });
  } catch (error) {
    // The others' numbers are no worse for it.
    console.error(error);
    process.exitCode = 1;
    return { skipped: `it failed: ${error.message}` };
  }
  const seconds = Math.round((performance.now() - begun) / 1_000);
  return { load: [load, currentLoad()], seconds, ratios: item.ratios(data), data };
}

/** What was not measured now is taken from the last report: each item stays one run, with its own load beside it. */
function addEarlier(results) {
  const earlier = readResults(resultsFile);
  if (majorOf(earlier) !== majorOf(results)) {
    throw new Error(
      `The last report is of Node ${majorOf(earlier)}: this is Node ${majorOf(results)}, and they are not mixed.`,
    );
  }
  results.items = { ...earlier.items, ...results.items };
  results.servers = { ...earlier.servers, ...results.servers };
}

/** The comparison with other libraries on this Node stands beside the report, which may be another one's. */
function addPeers(results) {
  const file = peersFile(resultsFolder, results.machine.node);
  const earlier = existsSync(file) ? readResults(file).items : {};
  saveResults({ ...results, items: { ...earlier, ...results.items } }, file);
  if (existsSync(resultsFile)) report(readResults(resultsFile), documents, peersElsewhere());
}

/** The comparison on the oldest Node, where it was made. */
function peersElsewhere() {
  const file = peersFile(resultsFolder, String(oldestMajor));
  return existsSync(file) ? readResults(file) : null;
}

function majorOf({ machine }) {
  return machine.node.slice(1).split('.')[0];
}

function readResults(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function saveResults(results, file) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
}

function report(results, folder, peers = null) {
  const { document, charts } = writeReport(results, peers);
  mkdirSync(join(folder, 'performance'), { recursive: true });
  writeFileSync(join(folder, 'performance.md'), document);
  const scaling = scalingDocument(results);
  if (scaling !== null) writeFileSync(join(folder, 'scaling.md'), scaling);
  for (const [name, svg] of Object.entries(charts)) writeFileSync(join(folder, 'performance', `${name}.svg`), svg);
}
