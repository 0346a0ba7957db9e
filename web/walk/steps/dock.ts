// The inspector's shift: the list is open when the network goes, a seizure is recorded with a photo
// while it is gone, and everything is on record once it is back.
import assert from 'node:assert/strict';
import type { Step } from '../day';
import { iceberg } from './iceberg';

/** A photo: the smallest PNG that is a picture. */
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg' +
    'gg==',
  'base64',
);

export const dock: Step = {
  name: 'dock',
  walk: async (day) => {
    const { plan } = day.office;
    const before = await iceberg(await day.page('analyst'));
    day.notes.set('iceberg', JSON.stringify(before));
    const page = await day.go('inspector', `/inspections?day=${plan.day}`);
    await page.getByLabel('Choose an office').selectOption(plan.office);
    const list = page.getByRole('region', { name: "The shift's inspections" });
    const first = list.getByRole('listitem').first();
    await first.waitFor();
    await day.look('inspector', 'inspections');
    await first.click();
    await page.getByRole('group', { name: 'Result' }).waitFor();

    const context = await day.context('inspector');
    await context.setOffline(true);
    await page.getByText('Offline').first().waitFor();
    const result = page.getByRole('group', { name: 'Result' });
    await result.getByRole('button', { name: /Seizure/ }).click();
    await page.getByRole('combobox', { name: 'Substance 1' }).fill('methamphetamine');
    await page.getByLabel('Quantity').fill('1.5');
    const choose = async (label: string) => {
      const field = page.getByLabel(label, { exact: false }).first();
      await field.selectOption({ index: 1 });
    };
    await choose('Unit');
    await choose('Where hidden');
    await choose('How hidden');
    await choose('Came to light by');
    await page
      .locator('input[type=file]:not([capture])')
      .setInputFiles({ name: 'find.png', mimeType: 'image/png', buffer: PHOTO });
    await page.getByRole('img', { name: /^Photo / }).waitFor();
    await day.look('inspector', 'seizure');
    await page.getByRole('button', { name: 'Record', exact: false }).last().click();
    await page.getByText('1 waiting to be sent').first().waitFor();
    await day.look('inspector', 'offline');

    await context.setOffline(false);
    await page
      .getByText(/1 sent/)
      .first()
      .waitFor();
    const kept = await page.evaluate(
      async (of) => (await fetch(`/api/v1/inspections?office=${of.office}&day=${of.day}`)).json(),
      plan,
    );
    const seized = kept.items.filter(
      (one: { outcome: { outcome: string } | null }) => one.outcome?.outcome === 'seizure',
    );
    assert.equal(seized.length, 1, 'the seizure is on record once');
  },
};
