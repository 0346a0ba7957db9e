// Capacity is proposed by one and approved by another; a token is made and revoked; every part of
// administering is looked at.
import assert from 'node:assert/strict';
import type { Step } from '../day';

export const administration: Step = {
  name: 'administration',
  walk: async (day) => {
    const officer = await day.go('officer', '/admin?tab=capacities');
    await officer.getByRole('button', { name: 'Propose capacity' }).click();
    const dialog = officer.getByRole('dialog');
    await dialog.getByLabel('Minutes available').fill('600');
    await dialog.getByLabel('In words').fill('two officers, one day off');
    await day.look('officer', 'capacity-proposal');
    await dialog.getByRole('button', { name: 'Propose capacity' }).click();
    await officer.getByText('Waits for somebody else').waitFor();

    const second = await day.go('second', '/admin?tab=capacities');
    await second.getByRole('button', { name: 'Approve' }).first().click();
    await second.getByLabel('In words').fill('as agreed this morning');
    await second.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await second
      .getByText(/decided by second/)
      .first()
      .waitFor();
    await day.look('second', 'capacities');

    const admin = await day.go('admin', '/admin?tab=tokens');
    await admin.getByRole('button', { name: 'Make a token' }).click();
    await admin.getByLabel(/^Name/).fill('carrier-gateway');
    await admin.getByRole('dialog').getByRole('button', { name: 'Make a token' }).click();
    const once = admin.getByRole('dialog', { name: 'The new token' });
    assert.match((await once.getByRole('status').textContent()) ?? '', /^sumun_/);
    await once.getByRole('button', { name: 'Close' }).last().click();
    await admin.getByRole('cell', { name: 'carrier-gateway' }).first().waitFor();
    await day.look('admin', 'tokens');
    await admin.getByRole('button', { name: 'Revoke carrier-gateway' }).click();
    const sure = admin.getByRole('dialog', { name: 'Revoke carrier-gateway' });
    await sure.getByText('It cannot be taken back').waitFor();
    await sure.getByRole('button', { name: 'Revoke', exact: true }).click();
    await admin.getByText('Revoked', { exact: true }).waitFor();

    await day.go('admin', '/admin?tab=offices');
    await day.look('admin', 'offices');
    await day.go('admin', '/admin?tab=settings');
    await admin.getByLabel('New outcomes').fill('250');
    await admin.getByLabel('In words').fill('learn a little sooner');
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByRole('cell', { name: 'learn a little sooner' }).waitFor();
    await day.look('admin', 'settings');
    await day.go('admin', '/admin?tab=rights');
    await admin.getByText('Read the journal').waitFor();
    await day.look('admin', 'rights');
  },
};
