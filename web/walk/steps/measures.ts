// What works and how big the iceberg is, for the analyst: in words, drawn, and as numbers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Step } from '../day';

export const measures: Step = {
  name: 'measures',
  walk: async (day) => {
    const page = await day.go('analyst', '/measures');
    await page.getByText(/^Of an estimated [\d,]+ \([\d,]+–[\d,]+\) irregular/).waitFor();
    await page.getByText(/An officer-hour of inspection finds: Risk list/).waitFor();
    await page.getByText(/groups the prediction lies/).waitFor();
    await page.getByText(/In the top .* of the risk list/).waitFor();
    await page.getByText(/consignments that arrived, .* were inspected/).waitFor();
    await page
      .getByText(/signals? /)
      .first()
      .waitFor();
    await day.look('analyst', 'measures');

    const capacity = page.getByRole('region', { name: 'With more officers, or fewer' });
    await capacity.getByLabel('Officers', { exact: true }).fill('3, 9');
    await capacity.getByLabel('Officers now').fill('3');
    await capacity.getByRole('button', { name: 'Estimate' }).click();
    await capacity.getByText(/With 9, an estimated/).waitFor();
    await capacity.getByRole('button', { name: 'Show as a table' }).click();
    await capacity.getByRole('columnheader', { name: 'Finds (estimate)' }).waitFor();
    await capacity.scrollIntoViewIfNeeded();
    await day.look('analyst', 'measures-capacity');

    const berg = page.getByRole('region', { name: 'The iceberg', exact: true });
    const saved = page.waitForEvent('download');
    await berg.getByRole('button', { name: 'CSV' }).click();
    const file = await (await saved).path();
    assert.match(readFileSync(file, 'utf8'), /^\uFEFFPeriod,Traffic,Inspected,Found,Estimate/);
    const drawn = page.waitForEvent('download');
    await berg.getByRole('button', { name: 'PNG' }).click();
    assert.deepEqual(
      [...readFileSync(await (await drawn).path()).subarray(0, 4)],
      [0x89, 0x50, 0x4e, 0x47],
    );

    await page.getByRole('radio', { name: 'Contraband' }).check({ force: true });
    await page.getByText(/contraband (among|were found)/).waitFor();
  },
};
