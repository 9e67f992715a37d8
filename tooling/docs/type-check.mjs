import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../command.mjs';
import { foldersFor } from './places.mjs';

/**
 * Type-checks TypeScript fences, all in one program, each as a module of its own, against the packages' sources.
 *
 * @returns for each fence the errors found, as `file:line: message` with the document's own line numbers
 */
export function typeCheck(fences) {
  const options = compilerOptions();
  const byPath = new Map(fences.map((fence, index) => [join(root, 'tooling', `fence-${index}.ts`), fence]));
  const host = ts.createCompilerHost(options);
  const cache = ts.createModuleResolutionCache(root, (name) => name, options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => byPath.has(path) || fileExists(path);
  host.readFile = (path) => (byPath.has(path) ? sourceOf(byPath.get(path)) : readFile(path));
  host.getSourceFile = (path, version, ...rest) =>
    byPath.has(path)
      ? ts.createSourceFile(path, sourceOf(byPath.get(path)), version, true)
      : getSourceFile(path, version, ...rest);
  host.resolveModuleNameLiterals = (literals, containing, redirect, settings, source) =>
    literals.map((literal) => {
      const mode = ts.getModeForUsageLocation(source, literal, settings);
      const fence = byPath.get(containing);
      const from =
        fence === undefined ? [containing] : foldersFor(fence.file).map((folder) => join(folder, 'fence.ts'));
      for (const place of from) {
        const found = ts.resolveModuleName(literal.text, place, settings, host, cache, redirect, mode);
        if (found.resolvedModule !== undefined) return found;
      }
      return { resolvedModule: undefined };
    });
  const program = ts.createProgram([...byPath.keys()], options, host);
  return [...byPath].map(([path, fence]) => errorsOf(program, path, fence));
}

/** A fence is a module even where it neither imports nor exports: its names are its own. */
function sourceOf({ code }) {
  return `${code}\nexport {};\n`;
}

function compilerOptions() {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, join(root, 'tooling'));
  // A document may show a name without using it; and its modules are never published.
  return { ...options, noUnusedLocals: false, noUnusedParameters: false, declaration: false, isolatedModules: false };
}

function errorsOf(program, path, { file, line }) {
  const source = program.getSourceFile(path);
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return found.map(({ start = 0, messageText }) => {
    const at = line + 1 + source.getLineAndCharacterOfPosition(start).line;
    return `${file}:${at}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}
