/**
 * Draws the pictures of `docs/pictures`, which the README and the site's first page show, from the playground of the
 * built site: `node site/picture.mjs`, after `npm run docs`.
 */
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
} finally {
  await browser.close();
  await site.close();
}
