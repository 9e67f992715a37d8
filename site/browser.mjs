import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is: CIRCUITRY_CHROMIUM, or the usual places; null where there is none. */
export function chromiumPath() {
  const given = process.env['CIRCUITRY_CHROMIUM'];
  if (given !== undefined) return given;
  return places.find((path) => existsSync(path)) ?? null;
}

/** A browser without any traffic of its own. */
export function openBrowser() {
  return chromium.launch({
    executablePath: chromiumPath() ?? undefined,
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
