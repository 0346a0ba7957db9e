// A plan leaves the office as a file only when a second person agrees.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Step } from '../day';

export const exports: Step = {
  name: 'exports',
  walk: async (day) => {
    const officer = await day.go('officer', '/exports');
    await officer.getByText('Nobody has asked for an export').waitFor();
    await day.look('officer', 'exports-none');
    await officer.getByRole('button', { name: 'Ask for an export' }).click();
    const dialog = officer.getByRole('dialog');
    await dialog.getByLabel('Plan', { exact: false }).last().fill('P-1');
    await dialog.getByLabel('Reason').fill('for the morning meeting');
    await dialog.getByRole('button', { name: 'Ask for an export' }).click();
    await officer.getByText('Waits for somebody else').waitFor();

    const second = await day.go('second', '/exports');
    await second.getByRole('button', { name: 'Approve' }).click();
    await second.getByLabel('In words').fill('the meeting needs it');
    await second.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await second.getByText('Approved', { exact: true }).first().waitFor();
    await day.look('second', 'exports');

    await officer.reload();
    const waiting = officer.waitForEvent('download');
    await officer.getByRole('link', { name: 'Download' }).click();
    const file = await (await waiting).path();
    assert.match(await readFile(file, 'utf8'), /consignment/);
  },
};
