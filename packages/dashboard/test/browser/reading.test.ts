import { MemoryBackend, type StorageBackend } from '@circuitry/core';
import { expect } from '@jest/globals';
import { dashboard, onlyLoopback, type DashboardOptions } from '../../src/index.js';
import { serve } from '../../src/node.js';
import { browserTest, TestBrowser, type Seen } from '../support/browser.js';
import { open, put, record } from '../support/records.js';

const browser = new TestBrowser();

async function looking(
  options: Partial<DashboardOptions> & { readonly backend: StorageBackend },
  work: (url: string, seen: Seen) => Promise<void>,
): Promise<void> {
  const served = await serve(dashboard({ authorize: onlyLoopback({ write: true, by: 'ada' }), ...options }));
  try {
    await browser.with({}, (seen) => work(served.url, seen));
  } finally {
    await served.close();
  }
}

const hostile = [
  '<img src=x onerror="document.title=`taken`">',
  '"><script>document.title="taken"</script>',
  "'; alert(1); //",
  'javascript:alert(1)',
  '__proto__',
  'constructor',
  '../../api/act',
  'a\nb\tc\u0000',
  'safe\u202egnp.exe',
  'zero\u200bwidth',
  '   ',
  '%2F%00%',
  '{{7*7}}${7*7}',
  '👩‍💻/🏳️‍🌈',
  'x'.repeat(1_000),
  '?name=other#fragment&more=1',
];

browserTest('a name is text wherever it stands, whatever is in it, and leads to its own circuit', async () => {
  const backend = new MemoryBackend();
  for (const name of hostile) await put(backend, name, open(Date.now() - 1_000, 3_600_000, name.slice(0, 60)));
  await looking(
    { backend, authorize: onlyLoopback({ write: true, by: '<b>ada</b>' }) },
    async (url, { page, complaints }) => {
      for (const path of ['', 'list']) {
        await page.goto(url + path);
        await page.locator('.circuit-link').first().waitFor();
        expect(await page.locator('main img, main script, main b').count()).toBe(0);
        expect(await page.title()).not.toBe('taken');
      }
      expect(await page.locator('.circuits tbody tr').count()).toBe(hostile.length);
      for (const name of hostile) {
        await page.goto(`${url}circuit?${new URLSearchParams({ name }).toString()}`);
        await page.locator('.state-title').getByText('Open').waitFor();
        const { revision } = (await backend.retrieve(name)).record as { revision: number };
        expect(revision).toBeGreaterThan(0);
        expect(
          await page.locator('h1 *').evaluateAll((all) => all.every((each) => ['BDI', 'SPAN'].includes(each.tagName))),
        ).toBe(true);
        expect(await page.title()).not.toBe('taken');
      }
      expect(complaints).toEqual([]);
    },
  );
});

browserTest('what can’t be seen in a name is shown, and can’t turn the text around it', async () => {
  const backend = new MemoryBackend();
  await put(backend, 'safe\u202egnp.exe\n', open(Date.now(), 3_600_000, null));
  await looking({ backend }, async (url, { page }) => {
    await page.goto(`${url}list`);
    expect(await page.locator('.circuit-link').innerText()).toBe('safe\\u{202e}gnp.exe\\n');
  });
});

browserTest(
  'a circuit that changes is seen without a reload: pushed, and where the store does not push, asked for',
  async () => {
    class Silent extends MemoryBackend {
      override readonly watch = undefined as never;
    }
    for (const [backend, word] of [
      [new MemoryBackend(), 'Live'],
      [new Silent(), 'Every 5 s'],
    ] as const) {
      await looking({ backend }, async (url, { page }) => {
        await page.goto(url);
        await page.getByText('All circuits are closed').waitFor();
        await page.getByText(word, { exact: true }).waitFor();
        await put(backend, 'mail/acme', open(Date.now(), 3_600_000, 'HTTPError 503'));
        await page.getByText('1 circuit is open').waitFor({ timeout: 20_000 });
      });
    }
  },
);

browserTest('where streams don’t come through, the page asks again and again instead', async () => {
  const backend = new MemoryBackend();
  await looking({ backend }, async (url, { page }) => {
    await page.route('**/api/events', (route) => route.abort());
    await page.goto(url);
    await page.getByText('Every 5 s', { exact: true }).waitFor();
    await put(backend, 'mail/acme', open(Date.now(), 3_600_000, 'HTTPError 503'));
    await page.getByText('1 circuit is open').waitFor({ timeout: 20_000 });
  });
});

browserTest(
  'in a list a changed circuit changes in its row, and what would come in waits until it is asked for',
  async () => {
    const backend = new MemoryBackend();
    await put(backend, 'mail/acme', open(Date.now() - 5_000, 3_600_000, 'HTTPError 503'));
    await looking({ backend }, async (url, { page }) => {
      await page.goto(`${url}list`);
      await page.getByText('mail/acme').waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      await put(backend, 'mail/globex', open(Date.now(), 3_600_000, 'HTTPError 503'));
      await page.getByRole('button', { name: '1 other has changed' }).waitFor();
      expect(await page.locator('.circuits tbody tr').count()).toBe(1);
      await put(backend, 'mail/acme', record({ since: Date.now() }));
      await page.locator('.circuits tbody tr').getByText('Closed', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'changed' }).click();
      await page.getByText('mail/globex').waitFor();
    });
  },
);

browserTest('the whole page can be used by keyboard, and an act done', async () => {
  const backend = new MemoryBackend();
  await put(backend, 'mail/acme', open(Date.now(), 3_600_000, 'HTTPError 503'));
  await looking({ backend }, async (url, { page }) => {
    await page.goto(`${url}list`);
    await page.getByText('mail/acme').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
    await page.locator('.circuit-link').focus();
    await page.keyboard.press('Enter');
    await page.locator('.state-title').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    await page.getByRole('button', { name: 'Force closed' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Force closed');
    await page.keyboard.press('Enter');
    await page.getByLabel('Reason, for whoever looks next').fill('provider is back');
    await page.keyboard.press('Enter');
    await page.getByText('mail/acme is forced closed now.').waitFor();
  });
  expect((await backend.retrieve('mail/acme')).record?.override).toMatchObject({
    state: 'closed',
    by: 'ada',
    reason: 'provider is back',
  });
});

browserTest('an act on a circuit that changed meanwhile does nothing, says so, and can be confirmed then', async () => {
  const backend = new MemoryBackend();
  await put(backend, 'mail/acme', open(Date.now(), 3_600_000, 'HTTPError 503'));
  await looking({ backend }, async (url, { page }) => {
    await page.route('**/api/events', (route) => route.abort());
    await page.goto(`${url}circuit?name=mail%2Facme`);
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.route('**/api/circuit*', (route) => route.abort());
    await put(backend, 'mail/acme', open(Date.now(), 3_600_000, 'HTTPError 500', 2));
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await page.getByText('Nothing was done: the circuit changed while you looked.').waitFor();
    expect((await backend.retrieve('mail/acme')).record?.state).toBe('open');
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await page.getByText('mail/acme is closed now.').waitFor();
  });
  expect((await backend.retrieve('mail/acme')).record?.state).toBe('closed');
});

browserTest('a circuit without counts says why, and one without a record claims no past', async () => {
  const backend = new MemoryBackend();
  const override = { state: 'open', reason: null, by: 'ada', until: null } as const;
  await put(backend, 'opened', open(Date.now(), 3_600_000, 'HTTPError 503'));
  await put(backend, 'forced', record({ override, since: Date.now() }));
  await put(backend, 'closed', record({ since: Date.now() }));
  await looking({ backend }, async (url, { page }) => {
    for (const [name, counts, since] of [
      ['opened', 'They were cleared when it opened. Trials are counted afresh.', 1],
      ['forced', 'Nothing was counted since it was forced.', 1],
      ['closed', 'Nothing was counted since it closed.', 1],
      ['unknown', 'Nothing was counted yet.', 0],
    ] as const) {
      await page.goto(`${url}circuit?name=${name}`);
      await page.getByText(counts).waitFor();
      expect([name, await page.getByText('Since', { exact: true }).count()]).toEqual([name, since]);
    }
    await page.goto(`${url}nowhere`);
    await page.getByRole('link', { name: 'its own address' }).click();
    await page.getByRole('heading', { level: 1 }).getByText('open').waitFor();
  });
});

browserTest('who may only read is told so, and is offered no act', async () => {
  const backend = new MemoryBackend();
  await looking({ backend, authorize: onlyLoopback() }, async (url, { page }) => {
    await page.goto(`${url}circuit?name=mail`);
    await page.getByText('You may look at this circuit, but not change it.').waitFor();
    expect(await page.getByRole('button', { name: /Trip|Force|Reset/ }).count()).toBe(0);
  });
});

browserTest('a panel that went away is told, with what was known, and comes back by itself', async () => {
  const backend = new MemoryBackend();
  await put(backend, 'mail/acme', open(Date.now(), 3_600_000, 'HTTPError 503'));
  await looking({ backend }, async (url, { page }) => {
    await page.goto(`${url}circuit?name=mail%2Facme`);
    await page.locator('.state-title').getByText('Open').waitFor();
    await page.route('**/api/**', (route) => route.abort());
    await page.getByText('The panel does not answer.').waitFor({ timeout: 20_000 });
    expect(await page.locator('.state-title').innerText()).toBe('Open');
    await page.unroute('**/api/**');
    await page.getByText('The panel does not answer.').waitFor({ state: 'detached', timeout: 20_000 });
  });
});
