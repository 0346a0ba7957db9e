// Signing out and in, a wrong password, one's own account, the command palette and the keys.
import assert from 'node:assert/strict';
import type { Step } from '../day';

export const own: Step = {
  name: 'own account',
  walk: async (day) => {
    const page = await day.page('officer');
    await page.getByRole('button', { name: /account menu/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await day.look('officer', 'login');
    await page.getByLabel('Name', { exact: false }).first().fill('officer');
    await page.getByLabel('Password', { exact: false }).first().fill('not the right one at all');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').getByText('not right').waitFor();
    await day.signIn('officer');

    await day.go('officer', '/account');
    await page.getByText('This device').waitFor();
    await day.look('officer', 'account');

    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find or go to' }).fill('expo');
    await page.getByRole('option', { name: 'Exports Screen' }).waitFor();
    await day.look('officer', 'palette');
    await page.getByRole('option', { name: 'Exports Screen' }).click();
    await page.getByRole('heading', { name: 'Exports', level: 1 }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await day.look('officer', 'keyboard');
    await page.keyboard.press('Escape');

    // An address that one may not open says so instead of showing a part of it.
    await day.go('officer', '/no-such-screen');
    await page.getByText('There is nothing at this address').waitFor();
    assert.equal(await page.title(), '수문 Sumun');
  },
};
