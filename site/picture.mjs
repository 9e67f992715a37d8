/**
 * Draws `docs/pictures/shared-and-local.png`, what the README shows, from the playground of the built site:
 * `node site/picture.mjs`, after `npm run docs`.
 */
import { join } from 'node:path';
import { openBrowser } from './browser.mjs';
import { serve } from './serve.mjs';

const site = await serve(join(import.meta.dirname, 'dist'));
const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1240, height: 900 }, deviceScaleFactor: 1.5 });
  await page.goto(`${site.address}/playground#do=6_down_1~52_healthy_1&at=60`);
  await page.locator('.playground .clock', { hasText: '60.0 s' }).waitFor();
  // The tables say little at the end: the two pictures are enough.
  await page.addStyleTag({ content: '.playground .knows { display: none } .VPNav { visibility: hidden }' });
  const picture = join(import.meta.dirname, '../docs/pictures/shared-and-local.png');
  await page.locator('.playground .panels').screenshot({ path: picture });
  console.log(`drawn: ${picture}`);
} finally {
  await browser.close();
  await site.close();
}
