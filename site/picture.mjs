/**
 * Draws the pictures of `docs/pictures`: `node site/picture.mjs`, after `npm run docs` and the panel's tests.
 *
 * Those of a shared and a local breaker come from the playground of the built site. Those of the panel are the upper part
 * of what its tests keep.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser } from './browser.mjs';
import { serve } from './serve.mjs';

const pictures = [
  { name: 'shared-and-local', width: 1_240, colorScheme: 'light' },
  { name: 'shared-and-local-dark', width: 1_240, colorScheme: 'dark' },
  // For a telephone: one above the other.
  { name: 'shared-and-local-narrow', width: 420, colorScheme: 'light' },
  { name: 'shared-and-local-narrow-dark', width: 420, colorScheme: 'dark' },
];

const panels = [
  { name: 'panel', kept: 'overview-light-768', size: { width: 768, height: 904 } },
  { name: 'panel-dark', kept: 'overview-dark-768', size: { width: 768, height: 904 } },
  { name: 'panel-narrow', kept: 'overview-light-360', size: { width: 360, height: 846 } },
  { name: 'panel-narrow-dark', kept: 'overview-dark-360', size: { width: 360, height: 846 } },
];

const site = await serve(join(import.meta.dirname, 'dist'));
const browser = await openBrowser();
try {
  for (const { name, width, colorScheme } of pictures) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, deviceScaleFactor: 1.5, colorScheme });
    await page.goto(`${site.address}/playground#do=6_down_1~52_healthy_1&at=60`);
    await page.locator('.playground .clock', { hasText: '60.0 s' }).waitFor();
    // The tables say little at the end: the two pictures are enough.
    await page.addStyleTag({ content: '.playground .knows { display: none } .VPNav { visibility: hidden }' });
    const path = join(import.meta.dirname, `../docs/pictures/${name}.png`);
    await page.locator('.playground .panels').screenshot({ path });
    console.log(`drawn: ${path}`);
    await page.close();
  }
  for (const { name, kept, size } of panels) {
    const page = await browser.newPage({ viewport: size });
    const picture = readFileSync(
      join(import.meta.dirname, `../packages/dashboard/reports/screens/${kept}.png`),
      'base64',
    );
    await page.setContent(`<body style="margin: 0"><img src="data:image/png;base64,${picture}" alt=""></body>`);
    const path = join(import.meta.dirname, `../docs/pictures/${name}.png`);
    await page.screenshot({ path });
    console.log(`drawn: ${path}`);
    await page.close();
  }
} finally {
  await browser.close();
  await site.close();
}
