import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { useProgram } from './support/program.js';

const program = useProgram();
const write = (name: string, text: string): string => {
  const file = join(program.folder, name);
  writeFileSync(file, text);
  return file;
};

describe('exit code 2 and a word on what is right', () => {
  test.each<[string, string[], RegExp]>([
    ['a verb that there is not', ['lisst'], /unknown command 'lisst'/],
    ['an option that there is not', ['list', '--al'], /unknown option '--al'/],
    ['a state that there is not', ['list', '--state', 'ajar'], /Allowed choices are troubled, open/],
    ['a duration without a unit', ['open', 'x', '--for', '30'], /a number with a unit: 500ms, 30s/],
    ['a reason that says nothing', ['open', 'x', '--reason', ' '], /--reason <words>.*It must say something/],
    ['nobody’s name', ['trip', 'x', '--by', ''], /--by <name>.*It must say something/],
    ['a number that is none', ['list', '--limit', '-1'], /whole number from 1/],
    ['no store', ['list'], /Which store\? Give --redis URL/],
    ['two stores', ['list', '--redis', 'redis://x', '--dynamodb', 't'], /--redis and --dynamodb name different stores/],
    ['a URL that is none', ['list', '--redis', 'localhost'], /is no URL/],
    ['a URL of something else', ['list', '--redis', 'http://localhost'], /begins with http:\/\//],
    ['a URL from nowhere', ['list', '--redis'], /CIRCUITRY_REDIS_URL, which is not set/],
    ['a table from nowhere', ['list', '--dynamodb'], /CIRCUITRY_DYNAMODB_TABLE, which is not set/],
    ['a file that is not there', ['list', '--redis', '@nothing.url'], /nothing\.url.*can't be read/],
    ['a configuration that is not there', ['list', '--config', 'no.mjs'], /There is no file no\.mjs/],
    ['a shell that nobody speaks', ['completion', 'cmd'], /Allowed choices are bash, zsh, fish/],
  ])('%s', async (_title, words, told) => {
    const { code, out, err } = await program.run(words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(told);
  });

  test('a configuration without a backend, one that throws, and one that is a table to nobody', async () => {
    write('none.mjs', 'export const nothing = 1;');
    expect((await program.run(['list', '--config', 'none.mjs'])).err).toContain('none.mjs exports no backend');
    write('throws.mjs', 'throw new Error("no such host");');
    expect((await program.run(['list', '--config', 'throws.mjs'])).err).toContain("can't be loaded: no such host");
    write('memory.mjs', "import { MemoryBackend } from '@circuitry/core'; export const backend = new MemoryBackend();");
    const { code, err } = await program.run(['table', 'describe', '--config', 'memory.mjs'], {
      nodeFlags: ['--conditions=@circuitry/source'],
    });
    expect(code).toBe(2);
    expect(err).toMatch(/can't be loaded|There is no table/);
  });
});

describe('secrets', () => {
  const secret = 'redis://ada:geheim@127.0.0.1:1/0';

  test('a password in an argument is refused, and not repeated', async () => {
    const { code, out, err } = await program.run(['list', '--redis', secret]);
    expect(code).toBe(2);
    expect(err).toMatch(/process list/);
    expect(`${out}${err}`).not.toContain('geheim');
  });

  test.each<[string, string[], Record<string, string>]>([
    ['the environment', ['list', '--timeout', '300ms'], { CIRCUITRY_REDIS_URL: secret }],
    ['a file', ['list', '--timeout', '300ms', '--redis', '@secret.url'], {}],
  ])('a password from %s stands in no output', async (_title, words, env) => {
    chmodSync(write('secret.url', `${secret}\n`), 0o600);
    const { code, out, err } = await program.run(words, { env });
    expect(code).toBe(1);
    expect(err).toContain('127.0.0.1');
    expect(`${out}${err}`).not.toContain('geheim');
  });

  test('a URL that can’t be read is not shown: it may hold one', async () => {
    const { err } = await program.run(['list'], { env: { CIRCUITRY_REDIS_URL: 'redis://ada:geheim@:x:y' } });
    expect(err).toContain('is no URL');
    expect(err).not.toContain('geheim');
  });
});

describe('exit code 1', () => {
  test('a store that is down', async () => {
    const words = ['list', '--redis', 'redis://127.0.0.1:1', '--timeout', '300ms'];
    const { code, out, err } = await program.run(words);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/ECONNREFUSED|no answer within 300ms/);
    expect(err).toContain('ERR_STORAGE');
    expect(err).toContain('the store');
    expect(err).not.toContain('circuit ');
  });

  test('a store that never answers, within its time', async () => {
    /** How long each connection lasted, ms. */
    const lasted: Promise<number>[] = [];
    const silent = createServer((socket) => {
      const came = performance.now();
      socket.on('error', () => {}).resume();
      lasted.push(new Promise((resolve) => socket.on('close', () => resolve(performance.now() - came))));
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    for (const verb of [['list'], ['show', 'x'], ['doctor'], ['open', 'x', '--yes'], ['watch']]) {
      const words = [...verb, '--redis', `redis://127.0.0.1:${port}`, '--timeout', '300ms'];
      const { code, out, err } = await program.run(words);
      expect([verb, code]).toEqual([verb, 1]);
      expect(out + err).toMatch(/The store gave no answer within 300ms\. --timeout gives it more\./);
    }
    expect(lasted.length).toBeGreaterThanOrEqual(5);
    // A connection that is left to itself gives up after 10 s, and holds the command until then.
    expect(Math.max(...(await Promise.all(lasted)))).toBeLessThan(8_000);
    silent.close();
  });

  test('doctor says that the store can’t be reached, and looks no further', async () => {
    const words = ['doctor', '--json', '--redis', 'redis://127.0.0.1:1', '--timeout', '300ms'];
    const { code, out } = await program.run(words);
    expect(code).toBe(1);
    const findings = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(findings).toMatchObject([{ check: 'reachable', outcome: 'fault' }]);
  });
});

test('help and version end with 0, and help tells the exit codes', async () => {
  const help = await program.run(['--help']);
  expect(help.code).toBe(0);
  expect(help.out).toContain('Exit codes: 0 done; 1');
  expect(await program.run(['--version'])).toMatchObject({ code: 0, out: '0.1.0\n' });
});

test('the dashboard says how to install it where it is missing', async () => {
  const { code, err } = await program.run(['dashboard', '--redis', 'redis://127.0.0.1:1']);
  expect(code).toBe(2);
  expect(err).toContain('npm install @circuitry/dashboard');
  expect(err).toContain('npx -p @circuitry/cli -p @circuitry/dashboard circuitry');
});
