import { cpus, loadavg, totalmem } from 'node:os';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { peerNames } from '../peers.mjs';

const require = createRequire(import.meta.url);
const libraries = [
  '@circuitry/core',
  'cockatiel',
  'opossum',
  'mollitia',
  'ioredis',
  'mitata',
  '@aws-sdk/client-dynamodb',
];

/** What the numbers were measured on: enough to judge them, nothing that names the machine. */
export function describeMachine() {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    versions: Object.fromEntries(libraries.map((name) => [name, versionOf(name)])),
  };
}

/** The average number of processes that wanted a core over the last minute; ours are among them. */
export function currentLoad() {
  return Math.round(loadavg()[0] * 10) / 10;
}

function versionOf(name) {
  try {
    // Not every package exports its own package.json.
    for (
      let folder = dirname(require.resolve(peerNames[name] ?? name));
      folder !== dirname(folder);
      folder = dirname(folder)
    ) {
      const manifest = readManifest(folder);
      if (manifest?.name === name) return manifest.version;
    }
  } catch {
    // Not built or not installed.
  }
  return 'missing';
}

function readManifest(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    return null;
  }
}
