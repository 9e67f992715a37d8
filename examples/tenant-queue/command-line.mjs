import { Command, CommanderError, Option } from 'commander';
import { fileURLToPath } from 'node:url';
import { backendNames } from './backends.mjs';
import { BadInput } from './input/bad-input.mjs';

/**
 * @typedef {object} Options
 * @property {import('./backends.mjs').BackendName} backend
 * @property {string} jobs path
 * @property {string} scenario path
 * @property {string} page path of the HTML page
 * @property {string} [results] path of the JSON file
 * @property {boolean} dashboard whether the circuits can be watched live
 */

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * @param {readonly string[]} words what was given after the program's name
 * @returns {Options | null} null: help was asked for, and given
 * @throws BadInput
 */
export function parseCommandLine(words) {
  const command = new Command('npm run demo --')
    .description(
      'Runs the jobs of eight tenants twice, without and with circuits, while some of their providers break.',
    )
    .addOption(new Option('--backend <name>', 'where circuits live').choices(backendNames).default(backendNames[0]))
    .addOption(new Option('--jobs <file>', 'jobs, one JSON object a line').default(here('jobs.jsonl'), 'jobs.jsonl'))
    .addOption(
      new Option('--scenario <file>', 'who breaks, when and how').default(here('scenario.json'), 'scenario.json'),
    )
    .addOption(
      new Option('--page <file>', 'where the HTML page goes').default(
        here('reports/timeline.html'),
        'reports/timeline.html',
      ),
    )
    .option('--results <file>', 'where to write the numbers as JSON')
    .option('--dashboard', 'the circuits live in the panel, at an address that is printed', false)
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    command.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw new BadInput(`${error.message.replace(/^error: /, '')}\nnpm run demo -- --help lists the options.`);
  }
  return command.opts();
}
