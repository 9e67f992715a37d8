import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../command.mjs';
import { installPacked, pack, publishedPackages } from '../packed.mjs';

// Core's types, as they are packed, under every TypeScript that a user may have: no @types/node, no DOM, no newer library.

const versions = ['5.0.4', '5.4.5', '5.9.3', '6.0.3', '7.0.2'];
const resolutions = ['node10', 'node16', 'nodenext', 'bundler'];
const core = publishedPackages().find(({ name }) => name === '@circuitry/core');
const program = `
import { CircuitBreakerFactory, MemoryBackend, circuitName } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
const factory = new CircuitBreakerFactory<{ tenantId: string }>({
  backend: new MemoryBackend(),
  clock: new VirtualClock(),
  nameFor: (circuit, { tenantId }) => circuitName(circuit, tenantId),
  allowAfter: '30s',
});
const value: Promise<string> = factory.breakerFor('send-mail', { tenantId: 'acme' }).execute(async () => 'sent');
// @ts-expect-error -- no tenant
factory.breakerFor('send-mail');
// @ts-expect-error -- another tenant's key
factory.breakerFor('send-mail', { tenant: 'acme' });
// @ts-expect-error -- no unit that there is
new CircuitBreakerFactory({ backend: new MemoryBackend(), allowAfter: '30 seconds' });
export { value };
`;

/** The compiler's command; null where npm can't give that version. */
function compilerOf(version) {
  const place = join(root, 'node_modules/.cache/circuitry/typescript', version);
  const command = join(place, 'node_modules/typescript/bin/tsc');
  if (existsSync(command)) return command;
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ private: true, dependencies: { typescript: version } }));
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: place,
    timeout: 120_000,
  });
  return status === 0 && existsSync(command) ? command : null;
}

let folder;
let installed;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'circuitry-types-'));
  installed = installPacked([{ name: core.name, path: core.path, tarball: pack(core.path, folder) }]);
  writeFileSync(join(installed.folder, 'index.ts'), program);
  writeFileSync(join(installed.folder, 'package.json'), '{ "type": "module" }');
});
afterAll(() => {
  for (const each of [folder, installed?.folder])
    if (each !== undefined) rmSync(each, { recursive: true, force: true });
});

describe.each(versions)('TypeScript %s', (version) => {
  const compiler = compilerOf(version);
  const major = Number(version.split('.')[0]);
  for (const resolution of resolutions) {
    // 7 has given node10 up.
    if (resolution === 'node10' && major >= 7) continue;
    const title = `reads the types by ${resolution}, without the check of libraries being skipped`;
    if (compiler === null) {
      it.skip(`${title} (npm has no typescript ${version} here)`, () => {});
      continue;
    }
    it(title, () => {
      const module = { node10: 'es2022', bundler: 'es2022' }[resolution] ?? resolution;
      const options = {
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        target: 'es2022',
        lib: ['es2022'],
        types: [],
        module,
        moduleResolution: resolution === 'node10' && major < 6 ? 'node' : resolution,
        ...(major === 6 ? { ignoreDeprecations: '6.0' } : {}),
      };
      const config = `tsconfig.${version}.${resolution}.json`;
      writeFileSync(join(installed.folder, config), JSON.stringify({ compilerOptions: options, files: ['index.ts'] }));
      const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', config], {
        cwd: installed.folder,
        encoding: 'utf8',
      });
      expect(stdout).toBe('');
      expect(status).toBe(0);
    });
  }
});
