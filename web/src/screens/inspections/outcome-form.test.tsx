// The form as an officer works it: two presses for nothing found, and a seizure that is told what
// is missing before anything is kept.
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, expect, it } from 'vitest';
import { show } from '@/app/testing';
import { newDraft } from './form';
import { OutcomeForm } from './outcome-form';
import type { Codes, Item, Report } from './shapes';

const code = (name: string) => ({ code: name, said: { ko: name, en: name } });
const codes: Codes = {
  concealment_places: [code('inside_machine')],
  concealment_methods: [code('welded')],
  detection_methods: [code('scan'), code('physical_examination')],
  not_examined_reasons: [code('never_arrived')],
  substances: [{ code: 'methamphetamine', said: { ko: '필로폰', en: 'Methamphetamine' } }],
  units: [code('g'), code('tablet')],
  modalities: [code('scan'), code('unpack')],
};
const item: Item = {
  consignment: 'C-12',
  reference: '2607260862676007',
  bills: [],
  containers: [],
  plan: 'P-331',
  position: 1,
  place: null,
  modality: 'scan',
  steps: ['scan'],
  minutes: 10,
  lane: 'red',
  goods: { hs: null, description: 'parts', origin: null, items: 1, net_mass_kg: null },
  packages: null,
  consignor: null,
  consignee: null,
  reasons: [],
  outcome: null,
};

function Held({ kept }: { kept: Report[] }) {
  const [draft, setDraft] = useState(() => newDraft('me', item));
  return (
    <OutcomeForm
      item={item}
      draft={draft}
      change={(how) => setDraft(how)}
      codes={codes}
      last={false}
      record={async (report) => {
        kept.push(report);
      }}
    />
  );
}

async function open(): Promise<Report[]> {
  const kept: Report[] = [];
  await show(<Held kept={kept} />, 'inspections');
  return kept;
}

afterEach(cleanup);

const press = (name: RegExp) => fireEvent.click(screen.getByRole('button', { name }));
const fill = (name: RegExp, value: string) =>
  fireEvent.change(screen.getByLabelText(name, { selector: 'input, select' }), {
    target: { value },
  });

it('takes two presses when nothing was found', async () => {
  const kept = await open();
  press(/^Clear/);
  press(/^Record/);
  await waitFor(() => expect(kept).toHaveLength(1));
  expect(kept[0]).toMatchObject({ outcome: 'clear', modality: 'scan', minutes: 10 });
});

it('says beside the fields what a seizure lacks, and keeps nothing until then', async () => {
  const kept = await open();
  press(/^Seizure/);
  press(/^Record/);
  await waitFor(() => expect(screen.getAllByText('This is needed.').length).toBe(3));
  expect(screen.getByLabelText(/^Quantity/).getAttribute('aria-invalid')).toBe('true');
  expect(kept).toEqual([]);

  fill(/^Substance 1/, 'Methamphetamine');
  fill(/^Quantity/, '1,134');
  fill(/^Where hidden/, 'inside_machine');
  fill(/^How hidden/, 'welded');
  press(/^Record/);
  await waitFor(() => expect(kept).toHaveLength(1));
  expect(kept[0]).toMatchObject({
    outcome: 'seizure',
    exhibits: [{ substance: 'methamphetamine', quantity: 1134, unit: 'g' }],
    place: 'inside_machine',
    method: 'welded',
    detection_method: 'scan',
  });
});

it('follows the way of examining with the way of finding', async () => {
  const kept = await open();
  press(/^Discrepancy/);
  press(/^unpack/);
  fireEvent.change(screen.getByLabelText(/^What differed/), { target: { value: '24 found' } });
  press(/^Record/);
  await waitFor(() => expect(kept).toHaveLength(1));
  expect(kept[0]).toMatchObject({
    reason: '24 found',
    modality: 'unpack',
    detection_method: 'physical_examination',
  });
});

it('goes up and down in round minutes', async () => {
  const kept = await open();
  press(/^Clear/);
  fill(/^Minutes taken/, '7');
  press(/^5 minutes more/);
  press(/^Record/);
  await waitFor(() => expect(kept[0]?.minutes).toBe(10));
});
