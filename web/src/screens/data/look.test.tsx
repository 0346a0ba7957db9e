// What was sent in a mail or an archive is looked at file by file, and a table that no mapping
// knows is met with one to begin with.
import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { show } from '@/app/testing';
import { Sent } from './look';
import type { Looked, Member, Understanding } from './queries';

const nothing: Understanding = {
  format: 'csv',
  dialect: '',
  manifests: [],
  consignments: [],
  segments: [{ at: 1, text: 'A;B', sound: true, defects: [] }],
  defects: [],
  cut: false,
  proposal: null,
};
const member = (name: string, reference: string): Member => ({
  ...nothing,
  name,
  format: 'edifact',
  consignments: [{ ids: { reference }, where: { line: 1 } }],
});

it('shows each file of an archive under its name', async () => {
  const members = [member('day.zip/a.edi', 'BL1'), member('day.zip/b.edi', 'BL2')];
  const looked: Looked = { ...nothing, format: 'zip', members, left_out: ['day.zip/Thumbs.db'] };
  await show(<Sent looked={looked} />, 'data');
  await screen.findByText('BL1');
  expect(screen.queryByText('BL2')).toBeNull();
  screen.getByText(/2 files were in it/);
  screen.getByText(/Thumbs\.db/);
  screen.getByLabelText('File to look at', { selector: 'input' });
});

it('names parties and places, and counts the lines of a table', async () => {
  const one = member('a.csv', 'BL1').consignments[0];
  const looked: Looked = {
    ...nothing,
    consignments: [
      {
        ...one,
        parties: [
          { role: 'consignee', contact: { name: 'LION CITY SEAFOOD PTE LTD' } },
          { role: 'carrier', code: 'MSCU' },
        ],
        goods: [{ description: 'TILES', gross_mass_g: 21_450_500 }],
        equipment: [{ number: 'MSCU6639870', seals: ['FX1', 'CN991'] }],
        route: { places: [{ role: 'delivery', code: 'MYPKG' }] },
      },
    ],
    members: [],
    left_out: [],
  };
  await show(<Sent looked={looked} />, 'data');
  await screen.findByText('Consignee LION CITY SEAFOOD PTE LTD, Carrier MSCU');
  screen.getByText('TILES · gross 21,450.5 kg');
  screen.getByText('MSCU6639870 (seals FX1·CN991)');
  screen.getByText('delivered at MYPKG');
  screen.getByText(/^CSV: 1 consignments understood from 1 lines/);
});

it('offers a mapping as a block that can be copied and saved', async () => {
  const proposal = 'name = "my-table"\n\n[fields]\nreference = "전표번호"\n';
  await show(<Sent looked={{ ...nothing, proposal, members: [], left_out: [] }} />, 'data');
  const block = await screen.findByText(/name = "my-table"/);
  expect(block.tagName).toBe('PRE');
  expect(block.textContent).toBe(proposal);
  screen.getByRole('button', { name: 'Copy' });
  screen.getByRole('button', { name: 'Save as a file' });
});

it('says what is wrong where nothing could be taken out', async () => {
  const said = { ko: '비었습니다', en: 'there is no file to be read in it' };
  const defect = { line: 1, field: '', kind: 'unreadable', reason: said.en, said, found: '' };
  const looked = { ...nothing, segments: [], defects: [defect], members: [], left_out: [] };
  await show(<Sent looked={looked as Looked} />, 'data');
  await screen.findByText(/there is no file to be read in it/);
});
