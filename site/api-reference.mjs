import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application, Converter, Logger, LogLevel } from 'typedoc';

/** What users can import: each entry of each published package, with its source. */
export function entriesOf(root) {
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const { name, exports } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
    return Object.entries(exports)
      .filter(([, conditions]) => conditions['@circuitry/source'] !== undefined)
      .map(([subpath, conditions]) => ({
        name: name + subpath.slice(1),
        source: join(root, 'packages', folder, conditions['@circuitry/source']),
      }));
  });
}

/**
 * Writes the API reference as Markdown, from the docstrings.
 *
 * @returns what is wrong with them: members without a description, links to nothing
 */
export async function writeApiReference({ root, into, repository = null, entries = entriesOf(root) }) {
  const faults = [];
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    logLevel: LogLevel.Warn,
    // Git is not asked where a source is: a clone need not have a remote. Without an address no link is kept, see below.
    disableGit: true,
    displayBasePath: root,
    sourceLinkTemplate: `${repository ?? ''}/blob/main/{path}#L{line}`,
    entryPoints: entries.map(({ source }) => source),
    tsconfig: join(root, 'site/tsconfig.api.json'),
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    readme: 'none',
    outputs: [{ name: 'markdown', path: into }],
    name: 'API',
    entryFileName: 'index',
    publicPath: '/api/',
    router: 'member',
    packagesRequiringDocumentation: [...new Set(entries.map(({ name }) => name.split('/').slice(0, 2).join('/')))],
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    expandObjects: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'list',
    classPropertiesFormat: 'list',
    validation: { notExported: false, invalidLink: true, notDocumented: true, invalidPath: false },
    requiredToBeDocumented: [
      'Class',
      'Interface',
      'Function',
      'TypeAlias',
      'Variable',
      'Method',
      'Property',
      'Accessor',
    ],
    githubPages: false,
    sort: ['kind', 'source-order'],
  });
  app.logger = new FaultLogger(faults);
  // Modules are named as they are imported.
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const file = module.sources?.[0]?.fullFileName;
      const entry = entries.find(({ source }) => source === file);
      if (entry !== undefined) module.name = entry.name;
    }
    // A source's place leads nowhere without the repository's address, and where another library declares a member.
    const leads = ({ fullFileName }) => repository !== null && !fullFileName.includes('/node_modules/');
    for (const reflection of Object.values(project.reflections)) {
      const sources = reflection.sources?.filter(leads) ?? [];
      if (sources.length > 0) reflection.sources = sources;
      else delete reflection.sources;
    }
  });
  const project = await app.convert();
  if (project === undefined) throw new Error(`typedoc made nothing:\n${faults.join('\n')}`);
  app.validate(project);
  await app.generateOutputs(project);
  // What a type without a name is made of is described with what has the type.
  return faults.filter((fault) => !fault.includes('.__type.'));
}

class FaultLogger extends Logger {
  constructor(faults) {
    super();
    this.faults = faults;
  }

  log(message, level) {
    if (level >= LogLevel.Warn) this.faults.push(message);
  }

  addContext(message, _level, node) {
    return node?.getFullName === undefined ? message : `${node.getFullName()}: ${message}`;
  }
}
