// A list turned either way, with what is not known last.
import { expect, it } from 'vitest';
import { sorted } from './sorting';

const rows = [
  { id: 'R-10', lift: 2 },
  { id: 'R-9', lift: null },
  { id: 'R-1', lift: 7 },
];
const by = (field: string, descending: boolean) =>
  sorted(
    rows,
    { by: field, descending },
    (row, name) => (name === 'lift' ? row.lift : row.id),
    'en-GB',
  ).map(({ id }) => id);

it('sorts numbers as numbers, ids by their number, and the unknown last', () => {
  expect(by('lift', false)).toEqual(['R-10', 'R-1', 'R-9']);
  expect(by('lift', true)).toEqual(['R-1', 'R-10', 'R-9']);
  expect(by('id', false)).toEqual(['R-1', 'R-9', 'R-10']);
});
