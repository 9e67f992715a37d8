import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../command.mjs';
import { publishedPackages } from '../packed.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What our documents tell people to install beside our own packages. */
const others = [
  'ioredis',
  'redis',
  '@valkey/valkey-glide',
  '@aws-sdk/client-dynamodb',
  '@opentelemetry/api',
  'bullmq',
  'jest',
  'vitest',
  'mocha',
  'pino',
  'winston',
  'prom-client',
];

/** What is wrong with a fence of commands: each must be one that exists here. Nothing is run. */
export function wrongCommands({ file, line, code }) {
  return code.split('\n').flatMap((text, index) => {
    const command = text.replace(/(^|\s)#.*$/, '').trim();
    const fault = command === '' ? null : faultOf(command.replace(/^\$ /, ''));
    return fault === null ? [] : [`${file}:${line + 1 + index}: ${fault}`];
  });
}

function faultOf(command) {
  const [program, verb, ...rest] = command.split(/\s+/);
  if (program === 'npm' && verb === 'install') return faultOfPackages(rest.filter((word) => !word.startsWith('-')));
  if (program === 'npm' && verb === 'test') return null;
  if (program === 'npm' && verb === 'run') {
    return Object.hasOwn(scripts, rest[0]) ? null : `there is no script ${rest[0]} in the root package.json`;
  }
  if (program === 'npx' || program === 'pnpm') return faultOfTool(program === 'npx' ? verb : 'pnpm');
  if (program === 'node') return existsSync(join(root, verb)) ? null : `there is no file ${verb}`;
  if (program === 'git' && verb === 'clone') return null;
  if (program === 'cd') return null;
  return `nobody knows whether "${command}" works: see tooling/docs/shell.mjs, or mark the fence no-run`;
}

function faultOfPackages(names) {
  const ours = publishedPackages().map(({ name }) => name);
  const unknown = names.find((name) => !ours.includes(name) && !others.includes(name));
  return unknown === undefined ? null : `${unknown} is neither ours nor one that our documents speak of`;
}

function faultOfTool(name) {
  return ['@circuitry/cli', '@circuitry/testkit', 'changeset', 'pnpm'].includes(name)
    ? null
    : `npx ${name} is not among our tools`;
}
