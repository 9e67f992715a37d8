import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CircuitBreakerFactory } from '@circuitry/core';
import { Redis } from 'ioredis';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startRedis, until, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../src/index.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { noServer } from './support/servers.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const missing = noServer ?? (hasOpenssl ? null : 'there is no openssl in PATH to make a certificate');
const suite = missing === null ? describe : describe.skip;

suite(`A Redis behind TLS${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-tls-'));
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'certificate.pem');
  let server: RedisServer;
  let tlsPort: number;

  beforeAll(async () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const form = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
    execFileSync('openssl', ['req', ...form, ...subject, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
    server = await startRedis({ args: ['--tls-auth-clients', 'no', ...files] });
    await until('a port for TLS that nobody else takes', async () => {
      tlsPort = await freePort();
      return (await server.ask('CONFIG', 'SET', 'tls-port', tlsPort)) === 'OK';
    });
  });
  const ends: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const connect = (options: object): Redis => {
    const client = new Redis({ port: tlsPort, disconnectTimeout: 0, ...options });
    client.on('error', () => {});
    ends.push(() => client.disconnect());
    return client;
  };
  const aBackend = (client: Redis): RedisBackend => {
    const backend = new RedisBackend({ client });
    ends.push(() => backend.close());
    return backend;
  };

  test('Circuits, locks and push work, over connections of the backend that are as safe as the one it was given', async () => {
    const client = connect({ tls: { ca: readFileSync(certificate), servername: 'localhost' } });
    const backend = aBackend(client);
    const heard: string[] = [];
    const told = new Promise<void>((resolve) => {
      void backend.watch((event) => {
        heard.push(event.type);
        resolve();
      });
    });
    // A second listener settles once the subscription stands.
    await backend.watch(() => {});
    await backend.store('a', null, aRecord(), minute);
    await told;
    expect(heard).toEqual(['transition']);
    const lease = await backend.lock('a', { lease: 5_000 });
    await lease.release();
    const factory = new CircuitBreakerFactory({ backend, storageTimeout: '1m' });
    expect(await factory.breakerFor('job').execute(async () => 'fine')).toBe('fine');
    await factory.close();

    // Every connection but the one that asks came to the TLS port.
    const connections = (await server.ask('CLIENT', 'LIST')).split('\n').filter((line) => line.includes('laddr='));
    const overTls = connections.filter((line) => line.includes(`laddr=127.0.0.1:${tlsPort} `));
    expect({ all: connections.length, overTls: overTls.length }).toEqual({ all: 4, overTls: 3 });
  });

  test('A server whose certificate nobody vouches for gets nothing: calls reject, and say why', async () => {
    const client = connect({ tls: { servername: 'localhost' } });
    const backend = aBackend(client);
    const error = await rejectionOf(backend.retrieve('a', { signal: AbortSignal.timeout(30_000) }));
    expect(error).toMatchObject({ code: 'ERR_STORAGE', ambiguous: false });
    expect(error.message).toMatch(/self-signed|certificate/);
  });
});
