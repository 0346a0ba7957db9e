// Data: a message is looked into, taken in with a cell that cannot be read, mended by a person, and
// seen to flow on.
import type { Step } from '../day';

const HEADER = [
  'declaration_id,version,lodged_at,office,regime,direction,consignor_name,consignor_country',
  'consignee_name,hs_code,description,origin_country,net_mass_kg,item_value,currency',
].join(',');

/** Two declarations, the second with a mass that is none and a regime that is unknown. */
const message = (day: string) =>
  [
    HEADER,
    `W-1,1,${day}T00:30:00Z,WAX,parcel,import,A. Sender,DE,B. Buyer,330499,face cream,DE,0.35,45,EUR`,
    `W-2,1,${day}T00:31:00Z,WAX,parsel,import,C. Sender,CN,D. Buyer,870899,brackets,CN,2.29,24,USD`,
    '',
  ].join('\n');

export const data: Step = {
  name: 'data',
  walk: async (day) => {
    const page = await day.go('officer', '/data');
    await page.getByText(/sources sent .* records in the last thirty days/).waitFor();
    await day.look('officer', 'data-sources');

    await page.getByRole('tab', { name: 'Messages' }).click();
    await page.getByRole('grid', { name: 'Messages' }).getByRole('row').nth(1).waitFor();
    await day.look('officer', 'data-messages');

    await page.getByRole('tab', { name: 'Look into a message' }).click();
    await page.getByLabel('Paste a message').fill(message('2026-07-20'));
    await page.getByRole('textbox', { name: 'Name (optional)' }).fill('walk.csv');
    await page.getByRole('button', { name: 'Look into it' }).click();
    await page.getByText(/consignments? understood from/).waitFor();
    await page.getByRole('region', { name: 'As understood' }).getByText('W-1').waitFor();
    await page.locator('[data-wrong]').first().waitFor();
    await day.look('officer', 'data-look');
    await page.getByRole('button', { name: 'Take it in' }).click();
    await page.getByText(/Taken in as message/).waitFor();

    await page.getByRole('tab', { name: 'Defects' }).click();
    await page.getByRole('textbox', { name: 'Find by field, reason or text' }).fill('parsel');
    const row = page.getByRole('row', { name: /walk\.csv/ }).first();
    await row.click();
    const sheet = page.getByRole('region', { name: 'One defect' });
    await sheet.getByLabel('regime').fill('parcel');
    await day.look('officer', 'data-defect');
    await sheet.getByRole('button', { name: 'Mend and receive again' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('The sender confirmed it by phone');
    await dialog.getByRole('button', { name: 'Mend and receive again' }).click();
    await page.getByText('The mended record was received').waitFor();
    await sheet.getByRole('link', { name: /^C-\d+$/ }).waitFor();
    await day.look('officer', 'data-mended');
  },
};
