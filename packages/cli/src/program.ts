import { Argument, Command, Option } from 'commander';
import { completionScripts, shells, type Shell } from './completion/scripts.js';
import { completionWords } from './completion/words.js';
import { stateFilters } from './circuits/state-filter.js';
import { readCount, readDuration, readPort, readWords } from './parse-values.js';
import type { Terminal } from './terminal/terminal.js';
import { act, type ActOptions } from './verbs/act.js';
import { actions, type ActionName } from './verbs/actions.js';
import { dashboard, type DashboardOptions } from './verbs/dashboard.js';
import { doctor, type DoctorOptions } from './verbs/doctor.js';
import { list, type ListVerbOptions } from './verbs/list.js';
import { withSession, type CommonOptions } from './verbs/session.js';
import { show } from './verbs/show.js';
import { createTable, describeTable, type TableOptions } from './verbs/table.js';
import { watch, type WatchVerbOptions } from './verbs/watch.js';

const name = 'circuitry';

const exitCodes = `
Exit codes: 0 done; 1 a circuit's or the store's fault; 2 wrong use; 3 nothing matched.

Without an option the store is the one that CIRCUITRY_REDIS_URL, CIRCUITRY_DYNAMODB_TABLE or
CIRCUITRY_CONFIG names, else the circuitry.config.mjs of this folder.`;

/** The command line as commander knows it: verbs, options, help. */
export function makeProgram(terminal: Terminal, version: string): Command {
  const program = new Command(name)
    .description('Looks at circuits in a store, and changes them for the whole fleet.')
    .version(version)
    .addHelpText('after', exitCodes)
    .configureOutput({ writeOut: (text) => void terminal.out(text), writeErr: (text) => terminal.note(text) })
    .showHelpAfterError(`(${name} --help, or ${name} VERB --help, says more)`)
    .exitOverride();
  addReadingVerbs(program, terminal);
  for (const verb of Object.keys(actions) as ActionName[]) addAction(program, verb, terminal);
  addStoreVerbs(program, terminal);
  program
    .command('completion')
    .summary('print a completion script')
    .description(`Prints a completion script. For bash: eval "$(${name} completion bash)"`)
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .action((shell: Shell) => terminal.out(completionScripts[shell](completionWords(program))));
  return program;
}

function addReadingVerbs(program: Command, terminal: Terminal): void {
  storeVerb(program, 'list', 'list circuits, the troubled first')
    .addOption(prefixOption())
    .addOption(stateOption())
    .addOption(new Option('--limit <number>', 'at most so many').argParser(readCount))
    .action((options: ListVerbOptions) => withSession(options, terminal, (session) => list(session, options)));
  storeVerb(program, 'show', 'show one circuit, its counters too')
    .argument('<name>', 'the circuit, as it is called in the store')
    .action((circuit: string, options: CommonOptions) =>
      withSession(options, terminal, (session) => show(session, circuit)),
    );
  storeVerb(program, 'watch', 'print transitions as they come')
    .addOption(prefixOption())
    .addOption(
      new Option('--every <duration>', 'how often a store is asked that does not push')
        .argParser(readDuration)
        .default(2_000, '2s'),
    )
    .addOption(new Option('--count <number>', 'end after so many transitions').argParser(readCount))
    .addOption(new Option('--for <duration>', 'end after so long').argParser(readDuration))
    .action((options: WatchVerbOptions) => withSession(options, terminal, (session) => watch(session, options)));
}

const summaries: Readonly<Record<ActionName, string>> = {
  trip: 'open a circuit as its own failures would; trials follow',
  open: 'force a circuit open until it is released',
  close: 'force a circuit closed until it is released',
  release: 'take an override back',
  reset: 'start a circuit afresh',
};

function addAction(program: Command, verb: ActionName, terminal: Terminal): void {
  const { meaning, isReasoned } = actions[verb];
  const command = storeVerb(program, verb, summaries[verb])
    .description(`${summaries[verb]}. ${meaning()}`)
    .argument('[name]', 'the circuit, as it is called in the store')
    .addOption(prefixOption())
    .addOption(stateOption())
    .option('--yes', 'do not ask')
    .option('--dry-run', 'show what it would do, and change nothing');
  if (verb === 'release')
    command
      .option('--reason <words>', 'only overrides that were given this reason')
      .option('--by <name>', 'only overrides of this operator');
  if (isReasoned)
    command
      .addOption(new Option('--reason <words>', 'why, for whoever looks at it later').argParser(readWords))
      .addOption(new Option('--by <name>', 'who; default: the name of this user').argParser(readWords))
      .addOption(new Option('--for <duration>', 'how long').argParser(readDuration));
  command.action((circuit: string | undefined, options: ActOptions) =>
    withSession(options, terminal, (session) => act(session, verb, circuit, options)),
  );
}

function addStoreVerbs(program: Command, terminal: Terminal): void {
  storeVerb(program, 'doctor', 'examine the store, and say what to do')
    .option('--read-only', 'write nothing: rights to write and push are not looked at')
    .action((options: DoctorOptions) => doctor(options, terminal));
  const table = program
    .command('table')
    .summary('make or describe the table')
    .description('Makes or describes the table of --dynamodb.');
  storeVerb(table, 'create', 'make the table that circuits need; safe to repeat')
    .option('--dry-run', 'print its definition, and make nothing')
    .action((options: TableOptions) => createTable(options, terminal));
  storeVerb(table, 'describe', 'print the table as it is').action((options: TableOptions) =>
    describeTable(options, terminal),
  );
  storeVerb(program, 'dashboard', 'serve the dashboard on this machine')
    .addOption(new Option('--port <port>', 'where').argParser(readPort).default(4_790))
    .action((options: DashboardOptions) => dashboard(options, terminal));
}

/** A verb with the options that choose a store. */
function storeVerb(parent: Command, verb: string, summary: string): Command {
  return parent
    .command(verb)
    .summary(summary)
    .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
    .option(
      '--redis [url]',
      'a Redis or Valkey: redis://host:6379/0, or @FILE that holds the URL; alone: from CIRCUITRY_REDIS_URL',
    )
    .option('--cluster', 'the Redis is a node of a Cluster')
    .option('--dynamodb [table]', 'a DynamoDB table; alone: from CIRCUITRY_DYNAMODB_TABLE')
    .option('--region <region>', 'of the table; default: the AWS SDK’s')
    .option('--endpoint <url>', 'of DynamoDB; default: AWS’s')
    .option('--config <file>', 'a module that exports a backend; default: circuitry.config.mjs')
    .option('--key-prefix <prefix>', 'what the backend’s keys begin with; default: circuitry')
    .option('--json', 'a line of JSON each, for scripts')
    .addOption(
      new Option('--timeout <duration>', 'what one answer of the store may take')
        .argParser(readDuration)
        .default(5_000, '5s'),
    );
}

function stateOption(): Option {
  return new Option('--state <state>', 'only these; troubled is all but closed').choices(stateFilters);
}

function prefixOption(): Option {
  return new Option('--prefix <prefix>', 'circuits whose names begin so');
}
