import { spawn } from 'node:child_process';
import { dirname, delimiter, join } from 'node:path';

export const root = dirname(import.meta.dirname);

/** What a shell answers for a program that SIGTERM ended. */
const endedByRequest = 128 + 15;

/**
 * Runs a command in the root folder with this process's own output and `more` environment; answers its exit code.
 * Who is told to end meanwhile ends with the command: what would come after it is not begun.
 */
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
  const watching = passOnTheEnd(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      watching.stop();
      if (watching.toldToEnd()) process.exit(endedByRequest);
      resolve(code ?? (signal === null ? 0 : 1));
    });
  });
}

/** A command ends when this process is told to, and when the one that started this (npm, mostly) is gone. */
function passOnTheEnd(child) {
  let told = false;
  const end = () => {
    told = true;
    child.kill('SIGTERM');
  };
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) end();
  }, 500);
  watch.unref();
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
  return {
    toldToEnd: () => told,
    stop() {
      clearInterval(watch);
      process.off('SIGTERM', end);
      process.off('SIGHUP', end);
    },
  };
}

export function say(text) {
  console.log(`\n> ${text}`);
}
