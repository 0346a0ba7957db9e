// Versions side by side: changes in, one row a field out, with the changed cells marked.
import { expect, test } from 'vitest';
import { sideBySide } from './versions';

test('every version shows what held then, and what changed is marked', () => {
  const rows = sideBySide([
    { id: 'C-1', version: 1, at: '', changes: [] },
    {
      id: 'C-2',
      version: 2,
      at: '',
      changes: [{ path: 'goods.0.value', from: '10.18', to: '23.98' }],
    },
    {
      id: 'C-3',
      version: 3,
      at: '',
      changes: [
        { path: 'goods.0.value', from: '23.98', to: '25' },
        { path: 'route.discharge', from: 'KRPUS', to: null },
      ],
    },
  ]);
  expect(rows).toEqual([
    {
      path: 'goods.0.value',
      cells: [
        { value: '10.18', changed: false },
        { value: '23.98', changed: true },
        { value: '25', changed: true },
      ],
    },
    {
      path: 'route.discharge',
      cells: [
        { value: 'KRPUS', changed: false },
        { value: 'KRPUS', changed: false },
        { value: null, changed: true },
      ],
    },
  ]);
});

test('versions without a change give no rows', () => {
  expect(sideBySide([{ id: 'C-1', version: 1, at: '', changes: [] }])).toEqual([]);
});
