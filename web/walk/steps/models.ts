// A model's life: the analyst sees how it did, and takes it out of force and back with reasons.
import type { Step } from '../day';

export const models: Step = {
  name: 'models',
  walk: async (day) => {
    const page = await day.go('analyst', '/models');
    await page.getByRole('heading', { name: /^M-\d+$/, level: 2 }).waitFor();
    await page.getByText(/Learned from .* and judged by/).waitFor();
    await day.look('analyst', 'models');

    await page.getByRole('button', { name: 'Take out of force' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Take out of force' }).click();
    await dialog.getByText(/at least 5/).waitFor();
    await day.look('analyst', 'model-stop');
    await dialog.getByRole('textbox').fill('The walk looks at plans by chance');
    await dialog.getByRole('button', { name: 'Take out of force' }).click();
    await page.getByText(/is out of force/).waitFor();

    await page.getByRole('button', { name: 'Put in force' }).click();
    await dialog.getByRole('textbox').fill('The walk goes on with it');
    await dialog.getByRole('button', { name: 'Put in force' }).click();
    await page.getByText(/is in force/).waitFor();

    const card = page.waitForEvent('popup');
    await page.getByRole('link', { name: 'Model card' }).click();
    await (await card).getByRole('heading').first().waitFor();
    await (await card).close();
  },
};
