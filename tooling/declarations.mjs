/**
 * Rolls a package's types up: one file for each of its entries in dist, without what is marked `@internal`.
 *
 * Another entry than `index` takes what `index` exports too from there, so that a class is the same one wherever it is
 * imported from. What a program's own libraries may lack is declared in the file itself: no user needs `@types/node`, the
 * DOM's types or a newer library for them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import ts from 'typescript';

/** @returns by file name in dist (`index.d.ts`), its text */
export async function rollUpTypes(folder) {
  const entries = entriesOf(folder);
  const files = new Map();
  for (const [name, source] of entries) files.set(`${name}.d.ts`, await rollUp(join(folder, source), folder));
  const index = files.get('index.d.ts');
  for (const [file, text] of files) {
    if (file !== 'index.d.ts' && index !== undefined) files.set(file, takeFromIndex(text, exportedNames(index)));
  }
  for (const [file, text] of files) files.set(file, withMissingGlobals(text));
  return files;
}

/** What a package exports, `index` first: the name of its file in dist, and the source it is made of. */
function entriesOf(folder) {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const entries = Object.values(exports)
    .filter((conditions) => conditions['@circuitry/source'] !== undefined)
    .map((conditions) => [/([^/]+)\.js$/.exec(conditions.import.default)[1], conditions['@circuitry/source']]);
  return entries.sort(([one], [other]) => Number(other === 'index') - Number(one === 'index'));
}

async function rollUp(source, folder) {
  const bundle = await rollup({
    input: source,
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
    plugins: [
      dts({
        tsconfig: resolve(folder, 'tsconfig.json'),
        // Types come from the other packages' builds, as they will for a user.
        compilerOptions: { customConditions: [], stripInternal: true, noEmit: false, preserveSymlinks: false },
      }),
    ],
    onwarn(warning, warn) {
      if (warning.code !== 'CIRCULAR_DEPENDENCY' && warning.code !== 'EMPTY_BUNDLE') warn(warning);
    },
  });
  const { output } = await bundle.generate({ format: 'es' });
  await bundle.close();
  return output[0].code;
}

function exportedNames(text) {
  const names = new Set();
  for (const statement of parse(text).statements) {
    if (ts.isExportDeclaration(statement) && statement.exportClause !== undefined) {
      // Under another name it is another thing.
      for (const { name, propertyName } of statement.exportClause.elements) {
        if (propertyName === undefined) names.add(name.text);
      }
    }
  }
  return names;
}

/** Drops the declarations that `index` exports, and those that nobody needs any more, and imports the former. */
function takeFromIndex(text, fromIndex) {
  const source = parse(text);
  const declared = new Map();
  for (const statement of source.statements) {
    for (const name of namesOf(statement)) declared.set(name, statement);
  }
  const needed = new Set();
  const imported = new Set();
  const visit = (statement) => {
    if (needed.has(statement)) return;
    needed.add(statement);
    for (const name of wordsOf(statement)) {
      if (!declared.has(name)) continue;
      if (fromIndex.has(name)) imported.add(name);
      else visit(declared.get(name));
    }
  };
  for (const statement of source.statements) {
    if (namesOf(statement).length === 0) visit(statement);
  }
  const kept = source.statements.filter((statement) => needed.has(statement)).map((each) => each.getFullText(source));
  const head = imported.size === 0 ? '' : `import { ${[...imported].sort().join(', ')} } from './index.js';\n`;
  return `${head}${kept.join('').trimStart()}\n`;
}

function namesOf(statement) {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText(statement.getSourceFile()));
  }
  const isNamed =
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}

function wordsOf(statement) {
  const words = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node)) words.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(statement);
  return words;
}

/** Interfaces merge: where a program's libraries have these, nothing is added to them. */
const globals = [
  [/\bSymbol\.asyncDispose\b/, 'interface SymbolConstructor {\n    readonly asyncDispose: unique symbol;\n  }'],
  [/\bAsyncDisposable\b/, 'interface AsyncDisposable {\n    [Symbol.asyncDispose](): PromiseLike<void>;\n  }'],
  [/\bAbortSignal\b/, 'interface AbortSignal {}'],
];

function withMissingGlobals(text) {
  const missing = globals.filter(([pattern]) => pattern.test(text)).map(([, declaration]) => `  ${declaration}`);
  if (missing.length === 0) return text;
  if (/\bAsyncDisposable\b/.test(text) && !/\bSymbol\.asyncDispose\b/.test(text)) missing.unshift(`  ${globals[0][1]}`);
  return `${text.trimEnd()}\n\ndeclare global {\n${missing.join('\n')}\n}\n`;
}

function parse(text) {
  return ts.createSourceFile('types.d.ts', text, ts.ScriptTarget.Latest, true);
}

/** Whether a package has sources to roll up: one without an entry of its own has none. */
export function hasEntries(folder) {
  return existsSync(join(folder, 'package.json')) && entriesOf(folder).length > 0;
}
