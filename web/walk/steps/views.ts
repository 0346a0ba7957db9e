// The analyst's afternoon: the iceberg has moved with the seizure; models and data are looked at.
import assert from 'node:assert/strict';
import type { Step } from '../day';
import { type Iceberg, iceberg } from './iceberg';

export const views: Step = {
  name: 'views',
  walk: async (day) => {
    const page = await day.go('analyst', '/measures');
    const told = day.notes.get('iceberg');
    if (told) {
      const before = JSON.parse(told) as Iceberg;
      const after = await iceberg(page);
      assert.equal(after.found, before.found + 1, 'the seizure is part of the tip');
      assert.equal(after.plans, before.plans + 1, 'its shift is part of the estimate');
      assert.notEqual(after.estimate, before.estimate, 'the iceberg has moved');
    }
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
