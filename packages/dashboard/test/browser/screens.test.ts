import {
  CircuitBreakerFactory,
  MemoryBackend,
  StorageError,
  systemClock,
  type Clock,
  type ListOptions,
} from '@circuitry/core';
import { afterAll, beforeAll, expect } from '@jest/globals';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { dashboard, onlyLoopback } from '../../src/index.js';
import { serve, type Served } from '../../src/node.js';
import { browserTest, keepScreenshot, TestBrowser } from '../support/browser.js';
import { incident } from '../support/records.js';

class Failing extends MemoryBackend {
  override list(_options?: ListOptions): never {
    throw new StorageError(
      'Redis can’t be reached: the connection was refused. The same call may succeed a little later.',
    );
  }
  override retrieve(): never {
    throw new StorageError(
      'Redis can’t be reached: the connection was refused. The same call may succeed a little later.',
    );
  }
}

const browser = new TestBrowser();
const panels: Record<string, Served> = {};

/** The panel's time stands still, so that a screen looks the same however long the tests take. */
const now = Date.now();
const clock: Clock = { now: () => now, after: (...timer) => systemClock.after(...timer) };

beforeAll(async () => {
  const busy = new MemoryBackend();
  await incident(busy, now);
  const authorize = onlyLoopback({ write: true, by: 'ada' });
  const settings = { allowAfter: '30m', failureCountThreshold: 15 } as const;
  panels['busy'] = await serve(dashboard({ backend: busy, clock, basePath: '/circuits', settings, authorize }));
  const forced = new MemoryBackend();
  await new CircuitBreakerFactory({ backend: forced }).breakerFor('send-mail').forceOpen({ reason: 'invoice unpaid' });
  panels['forced'] = await serve(dashboard({ backend: forced }));
  panels['calm'] = await serve(dashboard({ backend: new MemoryBackend() }));
  panels['down'] = await serve(dashboard({ backend: new Failing(), authorize }));
});
afterAll(async () => {
  for (const each of Object.values(panels)) await each.close();
});

const screens = [
  ['overview', 'busy', '', '13 circuits are open'],
  ['list', 'busy', 'list', 'send-mail/acme'],
  ['list-all', 'busy', 'list?filter=all', 'Show more'],
  ['circuit-open', 'busy', 'circuit?name=send-mail%2Facme', 'Tries again'],
  ['circuit-closed', 'busy', 'circuit?name=send-mail%2Fhealthy', 'Last 60 s'],
  ['circuit-half-open', 'busy', 'circuit?name=render-invoice%2Fwonka', '3 of 5 begun'],
  ['circuit-forced', 'busy', 'circuit?name=charge-card%2Fstark', 'ticket 4711'],
  ['circuit-unknown', 'busy', 'circuit?name=never%2Fseen', 'no record'],
  ['empty-overview', 'calm', '', 'All circuits are closed'],
  ['empty-list', 'calm', 'list', 'No circuit is in trouble'],
  ['empty-search', 'calm', 'list?search=zz', 'No circuit’s name begins so'],
  ['down-overview', 'down', '', 'The store does not answer'],
  ['down-list', 'down', 'list', 'The store does not answer'],
  ['down-circuit', 'down', 'circuit?name=a', 'The store does not answer'],
  ['no-such-page', 'busy', 'nowhere', 'There is no such page'],
] as const;

const widths = [360, 768, 1280, 1920];
/** Only colours, and so contrasts, differ between light and dark. */
const rules = { light: null, dark: ['color-contrast'] };
const kept = [360, 768, 1280];

async function visit(page: Page, panel: string, path: string, text: string): Promise<void> {
  await page.goto((panels[panel] as Served).url + path);
  await page.getByText(text).first().waitFor();
}

/** What axe finds, by all of its rules or by those that are named. */
async function violationsOf(page: Page, rules: readonly string[] | null = null): Promise<string[]> {
  // The test puts axe in: the page's own policy would not let it in.
  if (await page.evaluate(() => !('axe' in globalThis))) await page.evaluate(axe.source);
  const found = await page.evaluate((only) => {
    const engine = (globalThis as unknown as { axe: typeof axe }).axe;
    return engine.run(only === null ? {} : { runOnly: { type: 'rule', values: [...only] } });
  }, rules);
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
}

/** What sticks out to the right; a scrolling part of the page may. */
function overflowOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    return [...document.querySelectorAll('body *')]
      .filter(
        (each) =>
          each.closest('.scroll, .filters, .unseen, .skip') === null && each.getBoundingClientRect().right > wide + 1,
      )
      .map((each) => each.outerHTML.slice(0, 120));
  });
}

for (const [name, panel, path, text] of screens) {
  browserTest(
    `the screen ${name} fits from 360 to 1,920 px, and axe finds no fault in it, light and dark`,
    async () => {
      await browser.with({}, async ({ page }) => {
        await visit(page, panel, path, text);
        for (const width of widths) {
          await page.setViewportSize({ width, height: 900 });
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            expect([width, colorScheme, await violationsOf(page, rules[colorScheme])]).toEqual([
              width,
              colorScheme,
              [],
            ]);
            if (kept.includes(width)) await keepScreenshot(page, `${name}-${colorScheme}-${width}`);
          }
          expect([width, await overflowOf(page)]).toEqual([width, []]);
        }
      });
    },
  );
}

browserTest('the dialog of an act has no fault, light and dark, at the width of a telephone too', async () => {
  for (const [colorScheme, width] of [
    ['light', 360],
    ['light', 1280],
    ['dark', 360],
    ['dark', 1280],
  ] as const) {
    await browser.with({ colorScheme, viewport: { width, height: 780 } }, async ({ page }) => {
      await visit(page, 'busy', 'circuit?name=charge-card%2Fstark', 'ticket 4711');
      await page.getByRole('button', { name: 'Force closed' }).click();
      await page.getByRole('dialog').waitFor();
      expect(await violationsOf(page)).toEqual([]);
      expect(await overflowOf(page)).toEqual([]);
      await keepScreenshot(page, `dialog-${colorScheme}-${width}`);
    });
  }
});

browserTest('nothing jumps while a screen loads, nor while it is looked at', async () => {
  const paths = ['', 'list', 'circuit?name=send-mail%2Facme'];
  for (const [path, width] of paths.flatMap((each) => [1280, 360].map((wide) => [each, wide] as const))) {
    await browser.with({ viewport: { width, height: 900 } }, async ({ page }) => {
      await page.addInitScript(() => {
        const shifts: unknown[] = [];
        Object.assign(globalThis, { shifts });
        interface Shift extends PerformanceEntry {
          readonly value: number;
          readonly sources: readonly {
            readonly node?: Element;
            readonly previousRect: DOMRect;
            readonly currentRect: DOMRect;
          }[];
        }
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as Shift[]) {
            if (entry.value < 0.001) continue;
            const moved = entry.sources.map(({ node, previousRect, currentRect }) => [
              node?.className,
              previousRect.toJSON(),
              currentRect.toJSON(),
            ]);
            shifts.push([entry.value, ...moved]);
          }
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await page.goto((panels['busy'] as Served).url + path);
      await page.getByText('HTTPError 503').first().waitFor();
      await page.waitForTimeout(2_500);
      const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: unknown[] }).shifts);
      expect([path, width, shifts]).toEqual([path, width, []]);
    });
  }
});

browserTest('no state’s words run into the name beside them, a forced circuit’s least of all', async () => {
  await browser.with({}, async ({ page }) => {
    await visit(page, 'forced', '', 'invoice unpaid');
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      const rows = await page.locator('.lately li').evaluateAll((items) =>
        items.map((item) => {
          const words = document.createRange();
          words.selectNodeContents(item.firstElementChild as Element);
          const [state, name] = [words.getBoundingClientRect(), item.querySelector('a')?.getBoundingClientRect()];
          return state.right <= (name?.left ?? 0) || state.bottom <= (name?.top ?? 0);
        }),
      );
      expect([width, rows]).toEqual([width, [true]]);
    }
  });
});

browserTest('dates are in the reader’s zone', async () => {
  const inZone = async (timezoneId: string) => {
    let hours = '';
    await browser.with({ timezoneId }, async ({ page }) => {
      await visit(page, 'busy', 'circuit?name=send-mail%2Facme', 'Tries again');
      expect(await page.getByText(`Times are yours: ${timezoneId}`).count()).toBe(1);
      hours = await page.locator('.state-facts time').first().innerText();
    });
    return hours;
  };
  const [tokyo, berlin] = [await inZone('Asia/Tokyo'), await inZone('Europe/Berlin')];
  expect(tokyo).toMatch(/\d\d:\d\d/);
  expect(tokyo).not.toBe(berlin);
});

browserTest('the page asks nobody but its own host', async () => {
  await browser.with({}, async ({ page, asked }) => {
    await visit(page, 'busy', '', '13 circuits are open');
    const hosts = new Set(asked.map((url) => new URL(url).host));
    expect([...hosts]).toEqual([`127.0.0.1:${(panels['busy'] as Served).port}`]);
  });
});
