import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser's program: CIRCUITRY_BROWSER, or Debian's chromium. Null: there is none here. */
export function browserProgram(): string | null {
  const chosen = process.env['CIRCUITRY_BROWSER'];
  return [...(chosen === undefined ? [] : [chosen]), ...places].find((path) => existsSync(path)) ?? null;
}

/** What a test's title adds where it can't run. */
export const noBrowser: string | null =
  browserProgram() === null ? 'skipped: there is no chromium here (apt-get install chromium, or CIRCUITRY_BROWSER)' : null;

export async function launch(): Promise<Browser> {
  const executablePath = browserProgram();
  if (executablePath === null) throw new Error('There is no browser.');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
