import type { CircuitSettings } from './scenario.js';

/** A program's text that makes a factory of these settings. */
export function settingsAsCode(settings: CircuitSettings): string {
  const helpers = new Set(['CircuitBreakerFactory', 'circuitName']);
  const lines: string[] = [];
  const { rule, failures, rate, minimumCalls, window, slowAfter, pause, pauseGrows, trials } = settings;
  if (rule === 'consecutive') lines.push(`failureCountThreshold: ${failures},`);
  else {
    const name = rule === 'rate' ? 'failureRate' : 'slowCallRate';
    helpers.add(name);
    if (rule === 'slow') lines.push(`slowCallAfter: '${slowAfter}ms',`);
    lines.push(`trip: ${name}({ threshold: ${rate / 100}, minimumCalls: ${minimumCalls}, window: '${window}s' }),`);
  }
  if (pauseGrows) {
    helpers.add('exponential');
    lines.push(`allowAfter: exponential('${pause}s', { factor: 2, max: '${pause * 8}s' }),`);
  } else lines.push(`allowAfter: '${pause}s',`);
  lines.push(`closeThreshold: ${trials},`);
  if (settings.staleness > 0) lines.push(`consistency: { maxStaleness: '${settings.staleness}ms' },`);
  if (settings.counting === 'failures' && rule === 'consecutive') lines.push(`counting: 'failures',`);
  if (settings.onStorageFailure !== 'local') lines.push(`onStorageFailure: '${settings.onStorageFailure}',`);
  return [
    `import { ${[...helpers].sort().join(', ')} } from '@circuitry/core';`,
    `import { RedisBackend } from '@circuitry/backend-redis';`,
    `import { Redis } from 'ioredis';`,
    '',
    'const factory = new CircuitBreakerFactory<{ tenantId: string }>({',
    '  backend: new RedisBackend({ client: new Redis() }),',
    '  nameFor: (circuit, { tenantId }) => circuitName(circuit, tenantId),',
    ...lines.map((line) => `  ${line}`),
    '});',
    '',
  ].join('\n');
}
