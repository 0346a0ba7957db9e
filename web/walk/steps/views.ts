// The analyst's afternoon: the iceberg has moved with the seizure; models and data are looked at.
import type { Step } from '../day';

export const views: Step = {
  name: 'views',
  walk: async (day) => {
    const page = await day.go('analyst', '/measures');
    await page.getByRole('heading', { name: 'The iceberg' }).waitFor();
    await day.look('analyst', 'measures');
    await day.go('analyst', '/models');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await day.look('analyst', 'models');
    await day.go('analyst', '/data');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await day.look('analyst', 'data');
  },
};
