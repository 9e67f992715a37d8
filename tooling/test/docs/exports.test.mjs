import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { root } from '../../command.mjs';
import { publishedPackages } from '../../packed.mjs';

// What an editor shows to whoever uses a package: every name that it exports is described where it is declared.

const entries = publishedPackages().flatMap(({ path, exports }) =>
  Object.values(exports)
    .map((conditions) => conditions['@circuitry/source'])
    .filter((source) => source !== undefined)
    .map((source) => join(path, source)),
);
const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => readFileSync(path, 'utf8'));
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
const program = ts.createProgram(entries, { ...options, types: [] });
const checker = program.getTypeChecker();

describe.each(entries.map((entry) => relative(root, entry)))('%s', (entry) => {
  const source = program.getSourceFile(join(root, entry));
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).map(origin);

  it('describes every name that it exports', () => {
    expect(exported.filter((symbol) => !isDescribed(symbol)).map((symbol) => symbol.name)).toEqual([]);
  });

  it('describes every public method of its classes that takes arguments', () => {
    const methods = exported.flatMap((symbol) =>
      membersOf(symbol)
        .filter(takesArguments)
        .filter((member) => !isDescribed(member) && !isDescribedElsewhere(symbol, member))
        .map((member) => `${symbol.name}.${member.name}`),
    );
    expect(methods).toEqual([]);
  });
});

function origin(symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function isDescribed(symbol) {
  return symbol.getDocumentationComment(checker).length > 0;
}

function membersOf(symbol) {
  if ((symbol.flags & ts.SymbolFlags.Class) === 0) return [];
  return [...symbol.members.values()].filter((member) => member.valueDeclaration !== undefined && isPublic(member));
}

function isPublic({ valueDeclaration }) {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (
    !ts.isPrivateIdentifier(valueDeclaration.name ?? valueDeclaration) &&
    !(ts.getCombinedModifierFlags(valueDeclaration) & hidden)
  );
}

function takesArguments({ valueDeclaration }) {
  const isMethod = ts.isMethodDeclaration(valueDeclaration) || ts.isMethodSignature(valueDeclaration);
  return isMethod && valueDeclaration.parameters.length > 0;
}

/** A class that implements an interface may leave the words to it. */
function isDescribedElsewhere(symbol, member) {
  const clauses = symbol.declarations.flatMap((declaration) => declaration.heritageClauses ?? []);
  const types = clauses.flatMap((clause) => clause.types).map((type) => checker.getTypeAtLocation(type));
  return types.some((type) => {
    const inherited = type.getProperty(member.name);
    return inherited !== undefined && isDescribed(inherited);
  });
}
