// The first run: nobody has an account, the sign-in page says how to begin, and the link that the
// server printed makes the first administrator.
import assert from 'node:assert/strict';
import { PASSWORD, type Step } from '../day';

export const firstRun: Step = {
  name: 'first run',
  first: true,
  walk: async (day) => {
    const page = await day.go('admin', '/');
    await page.getByRole('heading', { name: 'There is no account yet' }).waitFor();
    await day.look('admin', 'first-run');

    assert.ok(day.office.firstLink, 'the server prints the link of the first run');
    await page.goto(day.office.firstLink);
    await page.getByRole('heading', { name: 'Make the first administrator' }).waitFor();
    assert.ok(!new URL(page.url()).search, 'the token never becomes a part that is sent');
    await day.look('admin', 'welcome');

    await page.getByLabel('Name to sign in with').fill('admin');
    await page.getByLabel('Name to show').fill('Ahn Da-rim');
    await page.getByLabel('Password', { exact: false }).first().fill('short');
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByText('Use at least 12 characters.').waitFor();
    await page
      .getByLabel(/^Password(?! again)/)
      .first()
      .fill(PASSWORD);
    await page.getByLabel(/^Password again/).fill(PASSWORD);
    await page.getByRole('button', { name: 'Begin' }).click();

    await page.getByRole('heading', { name: 'Second factor' }).waitFor();
    await page.getByRole('img', { name: /QR/ }).waitFor();
    await day.look('admin', 'second-factor');
    await page.getByRole('button', { name: 'Later' }).click();
    await page.getByRole('heading', { name: 'Admin', level: 1 }).waitFor();
  },
};
