// A rule's life: an officer writes it with the editor's help, sees what it would cost, and puts it
// in shadow; another officer, who sees the same, approves it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Step } from '../day';

const CODE = 'parts-by-parcel';

export const rules: Step = {
  name: 'rules',
  walk: async (day) => {
    const page = await day.go('officer', '/rules');
    await page.getByRole('heading', { level: 1, name: 'Rules' }).waitFor();
    await day.look('officer', 'rules-before');

    await page
      .getByRole('button', { name: /^New rule/ })
      .first()
      .click();
    const condition = page.getByRole('textbox', { name: 'It fires when' });
    // A field is found by what it says; the first that fits is taken.
    await condition.pressSequentially('chapter');
    const offers = page.getByRole('listbox', { name: 'What fits here' });
    await offers.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    assert.match(await condition.inputValue(), /^goods\./);

    // A mistake is marked where it is, and mended by a press.
    await condition.fill('goods.hs_chaptr == "87"');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Write goods.hs_chapter' }).waitFor();
    await day.look('officer', 'rules-mistake');
    await page.getByRole('button', { name: 'Write goods.hs_chapter' }).click();
    await page.getByText(/^Fires on/).waitFor();
    await page.getByRole('button', { name: /^Backtest on history/ }).click();
    await page.getByText(/it would have fired on/).waitFor();

    await page.getByLabel(/^Code/).fill(CODE);
    await page.getByLabel(/^For officers, in Korean/).fill('특송으로 오는 차량 부품');
    await page.getByLabel(/^For officers, in English/).fill('Vehicle parts by parcel');
    await page.getByLabel(/^For outsiders, in Korean/).fill('통관 심사');
    await page.getByLabel(/^For outsiders, in English/).fill('An examination');
    await page.getByLabel(/^Legal basis/).fill('관세법 제246조');
    await day.look('officer', 'rules-editor');
    await page.getByRole('button', { name: /^Save as draft/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Vehicle parts by parcel' }).waitFor();

    // In shadow it fires and selects nothing; whoever put it there cannot approve it.
    await page.getByRole('button', { name: 'Put in shadow' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/it would have fired on/).waitFor();
    await dialog.getByLabel('In words').fill('seen three times this month');
    await dialog.getByRole('button', { name: 'Put in shadow' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(/another person approves it/).waitFor();
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'TOML' }).click();
    assert.match(await readFile(await (await waiting).path(), 'utf8'), /hs_chapter/);

    const second = await day.go('second', `/rules?rule=${CODE}`);
    await second.getByRole('button', { name: 'Approve' }).click();
    const agreeing = second.getByRole('dialog');
    await agreeing.getByText(/It would cost/).waitFor();
    await day.look('second', 'rules-approval');
    await agreeing.getByLabel('In words').fill('the cost is small');
    await agreeing.getByRole('button', { name: 'Approve' }).click();
    await agreeing.waitFor({ state: 'detached' });
    await second.getByText('In force', { exact: true }).first().waitFor();
    await day.look('second', 'rule');

    await day.go('officer', '/rules');
    const grid = page.getByRole('grid', { name: 'Rules' });
    await grid.getByText(CODE).waitFor();
    await day.look('officer', 'rules');
  },
};
