import { spawn } from 'node:child_process';
import { dirname, delimiter, join } from 'node:path';

export const root = dirname(import.meta.dirname);

/** Runs a command in the root folder with this process's own output and `more` environment; answers its exit code. */
export function run(command, args, more = {}) {
  const env = {
    ...process.env,
    ...more,
    // turbo and pnpm come from the workspace, also when this script was not started by npm.
    PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  };
  const child = spawn(command, args, { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 0 : 1)));
  });
}

export function say(text) {
  console.log(`\n> ${text}`);
}
