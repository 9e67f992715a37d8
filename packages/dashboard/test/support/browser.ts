import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser's program: CIRCUITRY_CHROMIUM, or the usual places. Null: there is none here. */
function browserProgram(): string | null {
  const chosen = process.env['CIRCUITRY_CHROMIUM'];
  return [...(chosen === undefined ? [] : [chosen]), ...places].find((path) => existsSync(path)) ?? null;
}

/** A page, and all that it complained of. */
export interface Seen {
  readonly page: Page;
  /** Errors of scripts, and what the content security policy kept from happening. */
  readonly complaints: readonly string[];
  /** Every address that it asked. */
  readonly asked: readonly string[];
}

/** One browser for a file's tests. */
export class TestBrowser {
  #browser: Browser | null = null;

  constructor() {
    beforeAll(async () => {
      const executablePath = browserProgram();
      if (executablePath === null) return;
      const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
      const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
      this.#browser = await chromium.launch({ executablePath, args: [...args, ...quiet] });
    });
    afterAll(async () => this.#browser?.close());
  }

  /** Runs with a page of its own, which is closed after it. It must have had nothing to complain of. */
  async with(options: BrowserContextOptions, work: (seen: Seen) => Promise<void>): Promise<void> {
    const context = await (this.#browser as Browser).newContext({
      viewport: { width: 1280, height: 900 },
      timezoneId: 'Europe/Berlin',
      locale: 'en-GB',
      reducedMotion: 'reduce',
      ...options,
    });
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      const asked: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        // An answer that is no 200 is told as an error too, and some tests want one.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          complaints.push(message.text());
      });
      page.on('request', (request) => asked.push(request.url()));
      await work({ page, complaints, asked });
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  }
}

/** A test that needs a browser; skipped with its reason where there is none. */
export const browserTest: (title: string, work: () => Promise<void>) => void =
  browserProgram() === null
    ? (title: string): void =>
        test.skip(`${title} (skipped: no chromium here; apt-get install chromium, or set CIRCUITRY_CHROMIUM)`, () => {})
    : (title: string, work: () => Promise<void>): void => test(title, work);

const reports = fileURLToPath(new URL('../../reports/screens/', import.meta.url));

/** Keeps what the page looks like, for people: reports/screens/NAME.png. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(reports, { recursive: true });
  await page.screenshot({ path: `${reports}${name}.png`, fullPage: true });
}
