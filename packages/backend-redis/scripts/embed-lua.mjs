// Writes src/scripts/embedded.ts from src/scripts/*.lua; `--check` only says whether it is up to date.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../src/scripts/', import.meta.url);
const target = new URL('embedded.ts', folder);

/** The scripts that are sent to the server; the other files are included by these. */
const sent = ['apply', 'extend-lock', 'fence', 'mend-index', 'release-lock', 'retrieve', 'store', 'take-lock'];

/** The module's text as it must be for the Lua files as they are. */
export function embedded() {
  const lines = sent.map((name) => {
    const lua = `\n${bodyOf(`${name}.lua`)}`;
    const sha1 = createHash('sha1').update(lua).digest('hex');
    return [
      `export const ${constantOf(name)}: Script = {`,
      `  name: '${name}',`,
      `  sha1: '${sha1}',`,
      `  lua: ${literal(lua)},`,
      '};',
    ].join('\n');
  });
  return [
    '// Written by scripts/embed-lua.mjs from the .lua files beside it. Change those, then run it again.',
    '',
    '/** A Lua script as the server runs it. */',
    'export interface Script {',
    '  readonly name: string;',
    '  /** What EVALSHA calls it by. */',
    '  readonly sha1: string;',
    '  readonly lua: string;',
    '}',
    '',
    lines.join('\n\n'),
    '',
  ].join('\n');
}

/** `take-lock` is `takeLockScript`. */
function constantOf(name) {
  return `${name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())}Script`;
}

/** A file's code with what it includes, without comments and empty lines. */
function bodyOf(file) {
  const code = [];
  for (const line of readFileSync(new URL(file, folder), 'utf8').split('\n')) {
    const include = /^\s*-- @include (\S+)$/.exec(line);
    if (include !== null) code.push(bodyOf(include[1]));
    else if (!/^\s*(--.*)?$/.test(line)) code.push(line);
  }
  return code.join('\n');
}

function literal(lua) {
  return `\`${lua.replace(/[\\`]|\$\{/g, '\\$&')}\``;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = embedded();
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error('src/scripts/embedded.ts is not what the .lua files say: run node scripts/embed-lua.mjs');
    process.exitCode = 1;
  }
}
