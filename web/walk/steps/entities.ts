// Who is behind the names: a consignment's parties are found, one is opened, and why its records
// are one is looked at.
import type { Step } from '../day';

export const entities: Step = {
  name: 'entities',
  walk: async (day) => {
    const page = await day.go('officer', '/entities');
    const grid = page.getByRole('grid', { name: 'Entities' });
    await grid.getByRole('row').nth(2).waitFor();
    await day.look('officer', 'entities');
    await page.getByRole('button', { name: 'Records' }).click();
    await page.getByRole('button', { name: 'Records' }).click();
    await grid.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'How it was declared' }).first().waitFor();
    await page
      .getByRole('region', { name: 'Who moved what' })
      .getByRole('listitem')
      .first()
      .waitFor();
    await day.look('officer', 'entity');
    await page.keyboard.press('b');
    await grid.waitFor();
  },
};
