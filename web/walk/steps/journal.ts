// The auditor proves it: an entry is found, its path leads to the signed root by a calculation in
// the browser, and the whole log is verified.
import type { Step } from '../day';

export const journal: Step = {
  name: 'journal',
  walk: async (day) => {
    const page = await day.go('auditor', '/journal');
    const grid = page.getByRole('grid', { name: 'Journal' });
    await grid.getByRole('row').nth(3).waitFor();
    await day.look('auditor', 'journal');

    await page.getByLabel('Act', { exact: true }).fill('plan');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Act: plan/ }).waitFor();
    // The rows of before are gone when the first one is a plan's.
    await grid
      .getByRole('row')
      .nth(1)
      .filter({ hasText: /plan \d+/ })
      .waitFor();
    await grid.focus();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByText(/stands as it was written among/).waitFor();
    await day.look('auditor', 'journal-entry');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Verify all' }).click();
    await page.getByText(/are as they were written/).waitFor();
    await day.look('auditor', 'journal-verified');
  },
};
