// What of a record is sent when it is mended, and which cell a defect speaks of.
import { expect, it } from 'vitest';
import { changed, meant } from './defect-sheet';
import { size } from './messages';
import type { Defect } from './queries';
import { perDay } from './sources';

const record = [
  { name: 'hs', text: '8708' },
  { name: 'net_mass_kg', text: '2,29,1' },
  { name: 'consignee_name', text: null },
];

it('sends only cells that were changed, and never one that was hidden', () => {
  const typed = { hs: '8708', net_mass_kg: '2.29', consignee_name: 'x' };
  expect(changed(record, typed)).toEqual({ net_mass_kg: '2.29' });
  expect(changed(record, { net_mass_kg: '' })).toEqual({ net_mass_kg: '' });
});

it('marks the cell by its name or by what stood there', () => {
  const defect = { field: 'Net_mass_kg', found: '2,29,1' } as Defect;
  expect(meant(defect, 'net_mass_kg', 'anything')).toBe(true);
  expect(meant(defect, 'mass', ' 2,29,1 ')).toBe(true);
  expect(meant(defect, 'hs', '8708')).toBe(false);
  expect(meant({ field: 'hs', found: '' } as Defect, 'origin', '')).toBe(false);
});

it('counts days without a message as none', () => {
  const days = perDay([{ day: '2026-11-25', rows: 7, rejected: 0 }], '2026-11-26T02:00:00Z');
  expect(days).toHaveLength(30);
  expect(days.slice(-3)).toEqual([0, 7, 0]);
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1500, '1.5 kB'],
  [412_345, '412 kB'],
  [64_000_000, '64.0 MB'],
])('says %s bytes as %s', (bytes, said) => {
  expect(size(bytes)).toBe(said);
});
