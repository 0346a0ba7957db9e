// The dock: the network is cut in the middle of a shift, the page is reloaded, two outcomes are
// recorded with a photo, and nothing is lost. Then two reports of one consignment meet.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { Day, Step } from '../day';

interface Item {
  consignment: string;
  reference: string;
  outcome: {
    outcome: string;
    revision: number;
    photos: { sha256: string }[];
    exhibits: { substance: string; kg_equivalent: number | null }[];
  } | null;
}

export const inspections: Step = {
  name: 'inspections',
  walk: async (day) => {
    const context = await day.context('inspector');
    const page = await day.go('inspector', '/inspections');
    await page.getByText(/\d+ of \d+ done/).waitFor();
    // The worker takes over once it has all that the screen needs.
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const manifest = await page.locator('link[rel=manifest]').getAttribute('href');
    const app = await context.request.get(`${day.office.url}${manifest}`);
    assert.equal((await app.json()).start_url, '/inspections');
    const [first, second, third] = await items(page);
    assert.ok(first && second && third, 'the shift has three inspections or more');
    await day.look('inspector', 'inspections');

    await context.setOffline(true);
    await choose(page, first);
    await page.getByRole('button', { name: /^Clear/ }).click();
    await page.getByRole('button', { name: /^Record/ }).click();
    await page.getByText('1 waiting to be sent').waitFor();

    await choose(page, second);
    await page.getByRole('button', { name: /^Seizure/ }).click();
    await page.getByRole('button', { name: /^Record/ }).click();
    assert.ok((await page.getByText('This is needed.').count()) >= 2);
    await page.getByRole('combobox', { name: /^Substance 1/ }).fill('Methamphetamine');
    await page.getByRole('combobox', { name: /^Substance 1/ }).press('Tab');
    await page.getByLabel(/^Quantity/).fill('1,134');
    await page.getByLabel(/^Where hidden/).selectOption({ index: 3 });
    await page.getByLabel(/^How hidden/).selectOption({ index: 2 });
    const photo = await page.screenshot();
    await page
      .getByLabel('Take a photo')
      .setInputFiles({ name: 'find.png', mimeType: 'image/png', buffer: photo });
    await page.getByRole('img', { name: /^Photo/ }).waitFor();
    await day.look('inspector', 'inspection-seizure');

    // Neither the page nor the network is there any more; what was typed is.
    await page.reload();
    await page.getByText('1 waiting to be sent').waitFor();
    await page.getByRole('img', { name: /^Photo/ }).waitFor();
    assert.equal(await page.getByLabel(/^Quantity/).inputValue(), '1,134');
    await page.getByRole('button', { name: /^Record/ }).click();
    await page.getByText('2 waiting to be sent').waitFor();
    await page.reload();
    await page.getByText('2 waiting to be sent').waitFor();
    await day.look('inspector', 'inspections-offline');

    // Any address leads back here while there is no network.
    await page.goto(`${day.office.url}/queue`);
    await page.waitForURL('**/inspections');
    await page.getByText('2 waiting to be sent').waitFor();

    await context.setOffline(false);
    await page.getByText('All 2 sent').waitFor();
    const sent = await items(page);
    const [clear, seizure] = [first, second].map(({ consignment }) =>
      sent.find((one) => one.consignment === consignment),
    );
    assert.equal(clear?.outcome?.outcome, 'clear');
    assert.equal(seizure?.outcome?.outcome, 'seizure');
    assert.equal(seizure?.outcome?.exhibits[0]?.kg_equivalent, 1.134);
    const digest = createHash('sha256').update(photo).digest('hex');
    assert.equal(seizure?.outcome?.photos[0]?.sha256, digest);
    day.notes.set('seized', second.consignment);

    await conflict(day, page, third);
    assert.deepEqual(await answersKept(page), [], 'the worker keeps no answer of the API');
  },
};

/** Somebody else's report comes first while this device is away. */
async function conflict(day: Day, page: Page, item: Item): Promise<void> {
  const context = await day.context('inspector');
  await choose(page, item);
  await context.setOffline(true);
  const officer = await day.page('officer');
  const theirs = await officer.evaluate(async (consignment) => {
    const session = await (await fetch('/api/v1/session')).json();
    const answer = await fetch('/api/v1/inspections', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Sumun-Csrf': session.csrf,
        'Idempotency-Key': `walk-${consignment}`,
      },
      body: JSON.stringify({
        id: `walk-${consignment}`,
        consignment,
        outcome: 'discrepancy',
        reason: '10 declared, 24 found',
        detection_method: 'physical_examination',
        modality: 'unpack',
        minutes: 20,
        examined_at: new Date().toISOString(),
        base_revision: null,
      }),
    });
    return answer.status;
  }, item.consignment);
  assert.equal(theirs, 200);
  await page.getByRole('button', { name: /^Clear/ }).click();
  await page.getByRole('button', { name: /^Record/ }).click();
  await page.getByText('1 waiting to be sent').waitFor();
  await context.setOffline(false);
  await page.getByText(/1 conflict/).waitFor();
  await choose(page, item);
  await page.getByText('Another report came first').waitFor();
  await day.look('inspector', 'inspection-conflict');
  await page.getByRole('button', { name: 'Correct it to mine' }).click();
  await page.getByText('All 3 sent').waitFor();
  const stands = (await items(page)).find(({ consignment }) => consignment === item.consignment);
  assert.equal(stands?.outcome?.outcome, 'clear');
  assert.equal(stands?.outcome?.revision, 2);
}

async function choose(page: Page, { reference }: Item): Promise<void> {
  await page.getByRole('button', { name: new RegExp(reference) }).click();
  await page.getByRole('heading', { name: reference, level: 2 }).waitFor();
}

/** What is open and what is done, as the server tells this person. */
async function items(page: Page): Promise<Item[]> {
  const asked = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .findLast((name) => name.includes('/api/v1/inspections?')),
  );
  assert.ok(asked, 'the screen has asked for its list');
  return page.evaluate(
    async (address) => (await (await fetch(address)).json()).items,
    asked,
  ) as Promise<Item[]>;
}

function answersKept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const kept: string[] = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) {
        if (url.includes('/api/')) kept.push(url);
      }
    }
    return kept;
  });
}
