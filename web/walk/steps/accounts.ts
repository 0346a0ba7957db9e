// The administrator invites everyone; each takes up the link in a browser of their own.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Day, PASSWORD, type Person, type Step } from '../day';

const PEOPLE: [Person, string, string][] = [
  ['officer', 'Kim Ha-neul', 'Targeting officer'],
  ['second', 'Lee Seo-yun', 'Targeting officer'],
  ['inspector', 'Park Ji-ho', 'Inspector'],
  ['investigator', 'Choi Min-seo', 'Investigator'],
  ['analyst', 'Jung Do-yun', 'Analyst'],
  ['auditor', 'Kang Ye-jun', 'Auditor'],
];

export const accounts: Step = {
  name: 'accounts',
  first: true,
  walk: async (day) => {
    const page = await day.go('admin', '/admin');
    for (const [name, display, role] of PEOPLE) {
      const link = await invite(page, name, display, role);
      await takeUp(day, name, link);
    }
    await page.reload();
    await page.getByRole('cell', { name: 'Kang Ye-jun auditor' }).waitFor();
    await day.look('admin', 'accounts');
  },
};

async function invite(page: Page, name: string, display: string, role: string): Promise<string> {
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Name(?! to)/).fill(name);
  await dialog.getByLabel('Name to show').fill(display);
  await dialog.getByLabel('Role', { exact: true }).selectOption({ label: role });
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const shown = page.getByRole('dialog', { name: 'Invitation link' });
  const link = (await shown.getByRole('status').textContent()) ?? '';
  assert.match(link, /\/#\/welcome\?token=/);
  await shown.getByRole('button', { name: 'Close' }).last().click();
  await shown.waitFor({ state: 'detached' });
  return link;
}

async function takeUp(day: Day, who: Person, link: string): Promise<void> {
  const page = await day.page(who);
  // Wherever the page is served, the link's token is what counts.
  await page.goto(`${day.office.url}/${new URL(link).hash}`);
  await page.getByRole('heading', { name: 'You are invited' }).waitFor();
  await page
    .getByLabel(/^Password(?! again)/)
    .first()
    .fill(PASSWORD);
  await page.getByLabel(/^Password again/).fill(PASSWORD);
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('button', { name: 'Later' }).click();
  await page.getByRole('navigation').waitFor();
}
