// The targeting officer's hours: today, the queue by keyboard, a consignment with its reasons, a
// hold that is undone, and an override that stays.
import assert from 'node:assert/strict';
import type { Step } from '../day';

export const desk: Step = {
  name: 'desk',
  walk: async (day) => {
    const { plan } = day.office;
    const page = await day.go('officer', '/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await day.look('officer', 'today');

    await day.go('officer', `/queue?plan=${plan.id}`);
    const grid = page.getByRole('grid', { name: 'Queue' });
    await grid.getByRole('row').nth(5).waitFor();
    await day.look('officer', 'queue');
    await day.picture('officer', 'picture-queue');

    await grid.focus();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/consignments\//);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const id = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
    assert.match(id, /^C-\d+/);
    day.notes.set('consignment', id);
    await page.getByRole('region', { name: 'Why' }).waitFor();
    await day.look('officer', 'consignment');
    await day.picture('officer', 'picture-consignment');

    // Held, and undone again.
    await page.getByRole('button', { name: 'Hold', exact: false }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio').first().check();
    await dialog.getByLabel('In words', { exact: false }).fill('waiting for the packing list');
    await day.look('officer', 'decision');
    await dialog.getByRole('button', { name: /^Hold/ }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Held').first().waitFor();
    await page.getByRole('button', { name: /Undo/ }).first().click();
    const undo = page.getByRole('dialog');
    if (await undo.isVisible().catch(() => false)) {
      await undo.getByRole('radio').first().check();
      await undo.getByRole('button', { name: /Undo/ }).click();
    }

    // What the plan left out is inspected all the same: an officer's choice, with a reason.
    await day.go('officer', `/queue?plan=${plan.id}&drawn=0`);
    await grid.getByRole('row').nth(2).waitFor();
    await grid.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/consignments\//);
    await page
      .getByRole('button', { name: /Inspect/ })
      .first()
      .click();
    await dialog.getByRole('radio').first().check();
    await dialog.getByLabel('In words', { exact: false }).fill('the sender wrote twice today');
    await dialog.getByRole('button', { name: /^Inspect/ }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('To inspect').first().waitFor();
  },
};
