import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { root } from '../command.mjs';

const leftOut = new Set(['node_modules', 'test', 'src', '.turbo', '.test-results', '.stryker-tmp', 'reports']);

/**
 * A copy of what a release reads and writes: manifests, built packages, changesets. It is a repository of its own, for
 * a release commits and tags.
 */
export function copyForRelease({ address, token }) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'circuitry-release-'));
  for (const file of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', '.changeset', 'LICENSE']) {
    cpSync(join(root, file), join(folder, file), { recursive: true });
  }
  for (const name of readdirSync(join(root, 'packages'))) {
    const from = join(root, 'packages', name);
    if (!existsSync(join(from, 'package.json'))) continue;
    cpSync(from, join(folder, 'packages', name), {
      recursive: true,
      // Of the package's own folders: dist has a src too, which is published.
      filter: (path) => !leftOut.has(relative(from, path)),
    });
    if (existsSync(join(from, 'node_modules'))) {
      symlinkSync(join(from, 'node_modules'), join(folder, 'packages', name, 'node_modules'), 'junction');
    }
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, '.npmrc'), npmrc(address, token));
  writeFileSync(join(folder, '.gitignore'), 'node_modules\n');
  const run = (command, args, more = {}) => runIn(folder, command, args, more);
  run('git', ['init', '--quiet']);
  run('git', ['add', '-A']);
  run('git', [...author, 'commit', '--quiet', '-m', 'what is to be released']);
  return {
    folder,
    run,
    /** The versions of all packages, by name. */
    versions: () =>
      Object.fromEntries(
        readdirSync(join(folder, 'packages')).map((name) => {
          const manifest = JSON.parse(readFileSync(join(folder, 'packages', name, 'package.json'), 'utf8'));
          return [manifest.name, manifest.version];
        }),
      ),
    /** Turns the changesets into versions, and publishes what is new. */
    release() {
      run('changeset', ['version']);
      run('git', ['add', '-A']);
      run('git', [...author, 'commit', '--quiet', '-m', 'versions']);
      return run('changeset', ['publish']);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const author = ['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@localhost'];

/** A registry for our packages only: all others come from where they always come from. */
export function npmrc(address, token) {
  const lines = [`@circuitry:registry=${address}/`];
  if (token !== undefined) lines.push(`${address.replace('http:', '')}/:_authToken=${token}`);
  return `${lines.join('\n')}\n`;
}

/** Runs a command to its end; what it printed is the failure's message. */
export function runIn(cwd, command, args, more = {}) {
  const env = { ...process.env, ...more, PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter) };
  // npm tells its children its own settings: a folder of a stranger has none of them.
  for (const name of Object.keys(env)) if (/^npm_(config_local_prefix|package|lifecycle)/.test(name)) delete env[name];
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8', timeout: 300_000 });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${status ?? String(error)}\n${stdout}\n${stderr}`);
  }
  return stdout;
}
