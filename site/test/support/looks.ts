import type axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds. In another colour scheme only contrasts can differ. */
export async function axeFaults(page: Page, rules: readonly string[] | null): Promise<string[]> {
  return page.evaluate(async (only) => {
    const engine = (globalThis as unknown as { axe: typeof axe }).axe;
    const found = await engine.run(document, {
      runOnly: only === null ? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] : { type: 'rule', values: [...only] },
      // The theme's search button is named "Search" and shows its keys as well.
      rules: only === null ? { 'label-content-name-mismatch': { enabled: false } } : {},
      resultTypes: ['violations'],
    });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  }, rules);
}

/** Waits until each diagram of a page is drawn in this theme. */
export async function diagramsDrawn(page: Page, theme: string): Promise<void> {
  for (const diagram of await page.locator('.mermaid').all()) {
    await diagram.and(page.locator(`[data-theme=${theme}]`)).waitFor();
  }
}

/** What is drawn of both fleets. */
export async function fleetsDrawn(page: Page): Promise<string[]> {
  return page
    .locator('.playground canvas')
    .evaluateAll((all) => all.map((each) => (each as HTMLCanvasElement).toDataURL()));
}
