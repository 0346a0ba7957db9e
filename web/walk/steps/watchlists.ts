// A list is imported, a name is looked up across spellings, and hits are decided by keyboard.
import type { Step } from '../day';

const CSV = [
  'kind,name,aliases,reference',
  'person,KIM CHOL SU,김철수,CASE-1',
  'organization,Hanbit Trading Co. Ltd.,한빛무역,CASE-2',
].join('\n');

export const watchlists: Step = {
  name: 'watchlists',
  walk: async (day) => {
    const page = await day.go('officer', '/watchlists?tab=lists');
    await page.getByRole('heading', { level: 1, name: 'Watchlists' }).waitFor();
    await page.getByRole('button', { name: 'Import a list' }).click();
    const dialog = page.getByRole('dialog');
    const choosing = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: 'Choose a file' }).click();
    await (await choosing).setFiles({
      name: 'courier-cases.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(CSV),
    });
    await dialog.getByLabel(/^Source/).fill('Airport investigations');
    await dialog.getByLabel(/^Legal basis/).fill('Customs Act 246');
    await day.look('officer', 'watchlists-import');
    await dialog.getByRole('button', { name: 'See what it changes' }).click();
    await dialog.getByText(/2 entries read/).waitFor();
    await day.look('officer', 'watchlists-preview');
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await dialog.getByText(/is in force/).waitFor();
    await dialog.getByRole('button', { name: 'See the list' }).click();
    await page.getByRole('region', { name: 'courier cases' }).waitFor();
    await day.look('officer', 'watchlists');

    await day.go('officer', '/watchlists?tab=listings');
    await page.getByRole('grid', { name: 'Listings' }).getByText('KIM CHOL SU').waitFor();
    await day.look('officer', 'listings');

    await page.getByRole('tab', { name: 'Look up a name' }).click();
    await page.getByRole('textbox', { name: 'Name, in any script' }).fill('Kim Cheol-soo');
    await page.keyboard.press('Enter');
    await page.getByText(/may be “Kim Cheol-soo”/).waitFor();
    await day.look('officer', 'listings-lookup');

    await day.go('officer', '/watchlists');
    await page.getByRole('tab', { name: 'Hits', exact: true }).waitFor();
    await day.look('officer', 'hits');
  },
};
