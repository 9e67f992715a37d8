import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import axe from 'axe-core';
import { LinkChecker, LinkState } from 'linkinator';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromiumPath, openBrowser } from '../browser.mjs';
import { presets } from '../playground/scenario/scenario.js';
import { World } from '../playground/simulation/world.js';
import { linesOf, verdictOf } from '../playground/view/compare.js';
import { serve } from '../serve.mjs';
import { build } from './support/build.js';
import { axeFaults, diagramsDrawn, fleetsDrawn } from './support/looks.js';

const folder = join(import.meta.dirname, '..');
const dist = join(folder, 'dist');
const pages = [
  '',
  'playground',
  'why',
  'five-minutes',
  'concepts',
  'choosing-options',
  'performance',
  'scaling',
  'packages/core',
  'api/@circuitry/core/classes/CircuitBreaker',
];

let complaints: string[] = [];
let site: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  complaints = await build();
  site = await serve(dist);
}, 900_000);
afterAll(() => site.close());

test('every exported name and each of its members is described, and each link of a description leads somewhere', () => {
  expect(complaints).toEqual([]);
});

test('every link of every page leads somewhere, to its anchor', async () => {
  const checker = new LinkChecker();
  const pagesSeen = await checker.check({
    path: site.address,
    recurse: true,
    checkFragments: true,
    concurrency: 4,
    retryErrors: true,
    linksToSkip: (link) => Promise.resolve(!link.startsWith(site.address)),
  });
  const broken = pagesSeen.links.filter(({ state }) => state === LinkState.BROKEN);
  expect(broken.map(({ url, parent }) => `${parent ?? ''} -> ${url}`)).toEqual([]);
  expect(pagesSeen.links.length).toBeGreaterThan(100);
}, 300_000);

test('programs that read find all guides in llms.txt, and each of them as Markdown', () => {
  const list = readFileSync(join(dist, 'llms.txt'), 'utf8');
  expect(list).toContain('(/concepts.md)');
  for (const [, page = ''] of list.matchAll(/\(\/([^)]+\.md)\)/g)) {
    expect(readFileSync(join(dist, page), 'utf8').length).toBeGreaterThan(50);
  }
  expect(readFileSync(join(dist, 'llms-full.txt'), 'utf8')).toContain('# Concepts');
});

const where = chromiumPath() === null ? describe.skip : describe;

where(
  `in a browser${chromiumPath() === null ? ' (there is no Chromium here: install chromium, or set CIRCUITRY_CHROMIUM)' : ''}`,
  () => {
    let browser: Browser;
    const traffic: string[] = [];

    beforeAll(async () => {
      browser = await openBrowser();
      mkdirSync(join(folder, '.test-results/screenshots'), { recursive: true });
    });
    afterAll(() => browser.close());

    /** A page of its own, from which nothing but the site can be reached. */
    async function open(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
      const context: BrowserContext = await browser.newContext({ reducedMotion: 'reduce', ...options });
      await context.route('**/*', (route) => {
        const url = route.request().url();
        if (url.startsWith(site.address) || url.startsWith('data:')) return route.continue();
        traffic.push(url);
        return route.abort();
      });
      const page = await context.newPage();
      page.on('pageerror', (error) => traffic.push(`${path}: ${error.message}`));
      page.on('response', (response) => {
        if (response.status() >= 400) traffic.push(`${path}: ${response.status()} ${response.url()}`);
      });
      await page.goto(`${site.address}/${path}`, { waitUntil: 'load' });
      await page.locator('.VPContent').waitFor();
      if (path.startsWith('playground')) await page.locator('.playground canvas').first().waitFor();
      return page;
    }

    async function shot(page: Page, name: string): Promise<void> {
      await page.screenshot({ path: join(folder, '.test-results/screenshots', `${name}.png`), fullPage: true });
    }

    test.each(pages)('axe finds no fault in /%s, light or dark', async (path) => {
      const page = await open(path, { colorScheme: 'light' });
      await page.evaluate(axe.source);
      await diagramsDrawn(page, 'neutral');
      const light = await axeFaults(page, null);
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
      await page.locator('html.dark').waitFor({ state: 'attached' });
      await diagramsDrawn(page, 'dark');
      const dark = await axeFaults(page, ['color-contrast', 'link-in-text-block']);
      expect({ light, dark }).toEqual({ light: [], dark: [] });
      await page.context().close();
    });

    test('no page is wider than the window, from 360 to 1,920 px', async () => {
      const wide: string[] = [];
      for (const path of pages) {
        const page = await open(path === 'playground' ? 'playground#do=6_down_1&at=30' : path);
        for (const width of [360, 768, 1_280, 1_920]) {
          await page.setViewportSize({ width, height: 900 });
          const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          if (over > 0) wide.push(`${path} at ${width} px: by ${over} px`);
          if (path === '' || path === 'playground') await shot(page, `${path || 'home'}-${width}`);
        }
        await page.context().close();
      }
      expect(wide).toEqual([]);
    });

    test('a picture of a document follows the theme that the reader chose, whatever the system says', async () => {
      const page = await open('why', { colorScheme: 'light' });
      const shown = async (): Promise<string> => {
        const picture = page.locator('.vp-doc picture:visible img');
        await picture.waitFor();
        return picture.evaluate((image) => (image as HTMLImageElement).currentSrc.replace(/\.[^.]*\.png$/, ''));
      };
      expect(await shown()).toMatch(/shared-and-local$/);
      await page.locator('.VPSwitchAppearance:visible').click();
      await page.locator('html.dark').waitFor({ state: 'attached' });
      expect(await shown()).toMatch(/shared-and-local-dark$/);
      await page.setViewportSize({ width: 360, height: 900 });
      expect(await shown()).toMatch(/shared-and-local-narrow-dark$/);
      await page.context().close();
    });

    test('every diagram is drawn', async () => {
      const page = await open('concepts');
      const diagrams = readFileSync(join(folder, '../docs/concepts.md'), 'utf8').match(/^```mermaid$/gm)?.length ?? 0;
      await page
        .locator('.mermaid svg')
        .nth(diagrams - 1)
        .waitFor();
      expect(diagrams).toBeGreaterThan(0);
      expect(await page.locator('text=Syntax error').count()).toBe(0);
      await page.context().close();
    });

    test('the search finds a guide and a name of the API', async () => {
      const page = await open('why');
      await page.keyboard.press('Control+k');
      await page.locator('.VPLocalSearchBox input').fill('half-open round');
      await page.locator('.VPLocalSearchBox .result', { hasText: 'Concepts' }).first().waitFor();
      await page.locator('.VPLocalSearchBox input').fill('CircuitBreakerFactory');
      await page.locator('.VPLocalSearchBox .result', { hasText: 'CircuitBreakerFactory' }).first().waitFor();
      await page.context().close();
    });

    test('the playground shows what the same scenario comes to outside of a page', async () => {
      const scenario = presets[0]?.scenario;
      if (scenario === undefined) throw new Error('there is no preset');
      const world = new World(scenario);
      await world.advance(60_000);
      const page = await open('playground#do=6_down_1~52_healthy_1&at=60');
      await page.locator('.clock', { hasText: '60.0 s' }).waitFor();
      expect(await page.locator('.verdict').textContent()).toBe(verdictOf(world));
      const shown = await page.locator('.comparison dd b').allTextContents();
      expect(shown).toEqual(linesOf(world).flatMap((line) => [line.show(line.other), line.show(line.shared)]));
      await shot(page, 'playground-whole');
      await page.context().close();
    });

    test('a keyboard alone breaks a dependency, plays and steps time, changes a setting and copies a link', async () => {
      const page = await open('playground');
      const reach = async (name: string): Promise<void> => {
        for (let presses = 0; presses < 120; presses += 1) {
          await page.keyboard.press('Tab');
          const focused = await page.evaluate(() => {
            const element = document.activeElement as HTMLElement | null;
            return element?.closest('label')?.textContent ?? element?.textContent ?? '';
          });
          if (focused.includes(name)) return;
        }
        throw new Error(`${name} can't be reached by the Tab key`);
      };
      await reach('Step 1 s');
      for (let steps = 0; steps < 3; steps += 1) await page.keyboard.press('Enter');
      await page.locator('.clock', { hasText: '3.0 s' }).waitFor();
      await reach('Copy a link to this');
      await page.keyboard.press('Enter');
      await page.waitForURL(/at=3/);
      await reach('mail server');
      await page.keyboard.press('ArrowDown');
      await page.locator('.tenant.trouble').first().waitFor();
      await reach('Failures in a row');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Tab');
      await page.locator('pre', { hasText: 'failureCountThreshold: 4,' }).waitFor();
      await page.context().close();
    });

    test('with motion reduced the playground shows the whole minute, and plays it from its beginning when told to', async () => {
      const linked = await open('playground#do=6_down_1~52_healthy_1&at=60');
      await linked.locator('.clock', { hasText: '60.0 s' }).waitFor();
      const still = await open('playground');
      await still.locator('.clock', { hasText: '60.0 s' }).waitFor();
      expect(await fleetsDrawn(still)).toEqual(await fleetsDrawn(linked));
      expect(await still.locator('.verdict').textContent()).toBe(await linked.locator('.verdict').textContent());
      await linked.context().close();
      const play = still.locator('.transport .main');
      await still.getByRole('button', { name: 'A deploy in mid-outage' }).click();
      await still.locator('.clock', { hasText: '60.0 s' }).waitFor();
      expect(await play.textContent()).toContain('Play this minute');
      await play.click();
      await play.filter({ hasText: 'Pause' }).waitFor();
      await play.click();
      expect(Number.parseFloat((await still.locator('.clock').textContent()) ?? '')).toBeLessThan(60);
      await still.context().close();
    });

    test('without a wish for less motion the playground begins by itself', async () => {
      const moving = await open('playground', { reducedMotion: 'no-preference' });
      await moving.locator('.transport .main', { hasText: 'Pause' }).waitFor();
      await moving.locator('.verdict', { hasText: 'ran into the trouble' }).waitFor({ timeout: 60_000 });
      await moving.context().close();
    });

    test('nothing but the site was asked for, and nothing failed', () => {
      expect(traffic).toEqual([]);
    });
  },
);
