import { availableServers } from '../servers/dynamodb.mjs';
import { postgresServer } from '../servers/postgres.mjs';
import { redisServer } from '../servers/redis.mjs';

/**
 * What a fence's info string may say, by language. ```ts and ```js run as whole programs; `check`: type-checked only,
 * with the reason in a comment on the line above; `redis`, `dynamodb`, `postgres`: runs on a server of its own, which it
 * finds at localhost:6379, http://localhost:8000 or postgres://localhost/app; `output` of a text fence: all that the
 * program above it prints.
 */
const known = {
  ts: ['check', 'redis', 'dynamodb', 'postgres'],
  js: ['check', 'redis', 'dynamodb', 'postgres'],
  sh: ['no-run'],
  text: ['output'],
  json: [],
  jsonc: [],
  yaml: [],
  mermaid: [],
  lua: [],
  html: [],
  diff: [],
};

/** What is wrong with a fence's info string; null: nothing. */
export function wrongMark({ language, words, above }) {
  if (language === '') return 'says no language: ts, js, sh, json, mermaid or text';
  if (!Object.hasOwn(known, language)) return `is of language ${language}, which nobody checks`;
  const word = words.find((each) => !known[language].includes(each));
  if (word !== undefined) return `is marked ${word}, which means nothing here`;
  const needsReason = words.includes('check') || words.includes('no-run');
  if (needsReason && !/^<!-- .{8,} -->$/.test(above.trim())) {
    return `is marked ${words[0]} without a reason: put it in an HTML comment on the line above`;
  }
  return null;
}

export function isProgram({ language, words }) {
  return (language === 'ts' || language === 'js') && !words.includes('check');
}

/** Which servers a program talks to: those it names, and those whose client it imports. */
export function serversOf({ words, code }) {
  const imports = (name) => new RegExp(`from '${name}'`).test(code);
  const servers = [];
  if (words.includes('redis') || imports('ioredis')) servers.push('redis');
  if (words.includes('dynamodb') || imports('@aws-sdk/client-dynamodb')) servers.push('dynamodb');
  if (words.includes('postgres') || ['pg', 'pg-boss', 'graphile-worker'].some(imports)) servers.push('postgres');
  return servers;
}

/** Why there is no such server here; null: there is one. */
const missing = {
  redis: () => redisServer().missing ?? null,
  dynamodb: () => (availableServers().length > 0 ? null : 'no DynamoDB-compatible server is installed'),
  postgres: () => postgresServer().missing ?? null,
};

/** Why a program can't run on this machine, in words for whoever reads a skipped test; null: it can. */
export function whyNotHere(fence) {
  const reasons = serversOf(fence).map((server) => missing[server]());
  return reasons.find((reason) => reason !== null) ?? null;
}
