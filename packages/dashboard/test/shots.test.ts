import { MemoryBackend } from '@circuitry/core';
import { test } from '@jest/globals';
import { dashboard, onlyLoopback } from '../src/index.js';
import { serve } from '../src/node.js';
import { launch } from './support/browser.js';
import { incident } from './support/records.js';
test('shots', async () => {
  const backend = new MemoryBackend();
  await incident(backend, Date.now());
  const empty = new MemoryBackend();
  const panel = await serve(dashboard({ backend, basePath: '/circuits', settings: { allowAfter: '30m', failureCountThreshold: 15 }, authorize: onlyLoopback({ write: true, by: 'ada' }) }));
  const none = await serve(dashboard({ backend: empty }));
  const browser = await launch();
  try {
    for (const scheme of ['light', 'dark'] as const) {
      for (const width of [360, 1280, 1920]) {
        if (scheme === 'dark' && width !== 1280) continue;
        const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: width === 360 ? 780 : 900 }, timezoneId: 'Europe/Berlin', locale: 'en-GB' });
        const page = await context.newPage();
        page.on('console', (m) => console.log(m.type(), m.text()));
        page.on('pageerror', (e) => console.log('pageerror', e));
        const shot = async (name: string, path: string, base = panel.url) => {
          await page.goto(base + path);
          await page.waitForTimeout(700);
          await page.screenshot({ path: `/tmp/shots/${name}-${scheme}-${width}.png`, fullPage: true });
        };
        await shot('overview', '');
        await shot('list', 'list');
        await shot('circuit-open', 'circuit?name=send-mail%2Facme');
        if (width === 1920) continue;
        await shot('circuit-closed', 'circuit?name=send-mail%2Fhealthy');
        await shot('circuit-half', 'circuit?name=render-invoice%2Fwonka');
        await shot('circuit-forced', 'circuit?name=charge-card%2Fstark');
        await page.click('.act-close');
        await page.waitForTimeout(300);
        await page.screenshot({ path: `/tmp/shots/dialog-${scheme}-${width}.png` });
        if (width === 1280) { await shot('empty', '', none.url); await shot('empty-list', 'list', none.url); }
        await context.close();
      }
    }
  } finally {
    await browser.close(); await panel.close(); await none.close();
  }
});
