import { Command, CommanderError, Option } from 'commander';
import { z } from 'zod';
import { HarnessFault } from '../conformance/harness/harness.js';
import { harnessClause, type CheckResult, type ConformanceReport } from '../conformance/report.js';
import { runConformance } from '../conformance/run-conformance.js';
import { formats, type Format } from './formats.js';
import { loadHarness } from './load-harness.js';

/** Where the command writes. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly progress: (text: string) => void;
  /** Whether `progress` reaches a person’s screen, where a line can be written over. */
  readonly interactive: boolean;
}

/** Every clause holds; one is broken; nothing can be said. */
export type ExitCode = 0 | 1 | 2;

const wholeNumber = (least: number): z.ZodType<number | undefined> => z.coerce.number().int().min(least).optional();
const optionShape = z.object({
  format: z.enum(['table', 'tap', 'json', 'junit']),
  only: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((id) => id.trim().toUpperCase())
        .filter((id) => id !== ''),
    )
    .optional(),
  repeat: wholeNumber(1),
  seed: wholeNumber(0),
});

/** Runs the command and answers its exit code; it never throws for what a user or a backend does. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal, version: string): Promise<ExitCode> {
  const program = commandOf(terminal, version);
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  const options = optionShape.safeParse(program.opts());
  if (!options.success) {
    for (const { path, message } of options.error.issues) terminal.progress(`error: --${path.join('.')}: ${message}\n`);
    return 2;
  }
  return run(program.args[0] as string, options.data, terminal);
}

async function run(file: string, options: z.infer<typeof optionShape>, terminal: Terminal): Promise<ExitCode> {
  const { format, ...rest } = options;
  let report: ConformanceReport;
  try {
    const harness = await loadHarness(file);
    report = await runConformance(harness, {
      ...rest,
      onResult: (result, progress) => showProgress(terminal, result, progress),
    });
  } catch (error) {
    if (!(error instanceof HarnessFault) && !(error instanceof RangeError)) throw error;
    terminal.progress(`error: ${error.message}\n`);
    return 2;
  }
  if (terminal.interactive) terminal.progress('\r\u001b[K');
  terminal.out(formats[format](report, file));
  if (report.results.some(({ clause }) => clause === harnessClause)) return 2;
  return report.passed ? 0 : 1;
}

function showProgress(
  terminal: Terminal,
  result: CheckResult,
  { done, all }: { readonly done: number; readonly all: number },
): void {
  const line = `${done}/${all} ${result.outcome === 'failed' ? 'FAILED ' : ''}${result.title}`;
  if (terminal.interactive) terminal.progress(`\r\u001b[K${line.slice(0, 100)}`);
  else if (result.outcome === 'failed') terminal.progress(`${line}\n`);
}

function commandOf(terminal: Terminal, version: string): Command {
  const all: readonly Format[] = ['table', 'tap', 'json', 'junit'];
  return new Command('circuitry-testkit')
    .version(version)
    .description('Runs the conformance suite of circuitry’s storage contract against a backend.')
    .argument(
      '<file>',
      'a module that exports a harness: `export const harness = { open() { … } }`, or as its default; JavaScript, or TypeScript where Node runs it (22.18 and later)',
    )
    .option('--only <clauses>', 'only the checks of these clauses: A3,S2')
    .option('--repeat <times>', 'run each check so often, each time under the next seed', '1')
    .option('--seed <seed>', 'repeat an earlier run')
    .addOption(new Option('--format <format>', 'how the report is written').choices(all).default('table'))
    .addHelpText(
      'after',
      '\nExit codes: 0 every clause holds, 1 a clause is broken, 2 the command or the harness is at fault.\nThe contract, and how to write a harness: docs/storage-contract.md and docs/writing-a-backend.md of the repository.',
    )
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.progress })
    .exitOverride();
}
