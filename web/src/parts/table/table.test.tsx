// The list, worked by keyboard as an officer does; the row that is opened is the one that is meant.
import { fireEvent, screen } from '@testing-library/react';
import { beforeAll, expect, it, vi } from 'vitest';
import { show } from '@/app/testing';
import { DataTable } from './table';

beforeAll(() => {
  // Nothing has a size in this browser; the list needs one to know what is in sight.
  Object.defineProperty(HTMLElement.prototype, 'offsetHeight', { value: 400 });
  Object.defineProperty(HTMLElement.prototype, 'offsetWidth', { value: 900 });
});

const rows = Array.from({ length: 100_000 }, (_, index) => ({ id: `C-${index}`, score: index }));

it('opens the row that j and k led to, and keeps few rows of many', async () => {
  const open = vi.fn();
  const mark = vi.fn();
  await show(
    <DataTable
      name="test"
      label="Rows"
      columns={[
        { id: 'id', header: 'Id', width: 200, cell: (row) => row.id, fixed: true },
        { id: 'score', header: 'Score', width: 100, cell: (row) => row.score, sort: 'score' },
      ]}
      rows={rows}
      rowId={(row) => row.id}
      onOpen={open}
      marked={new Set()}
      onMark={mark}
    />,
  );
  const grid = screen.getByRole('grid', { name: 'Rows' });
  expect(grid.getAttribute('aria-rowcount')).toBe('100001');
  expect(screen.getAllByRole('row').length).toBeLessThan(60);
  for (const key of ['j', 'j', 'j', 'k']) fireEvent.keyDown(grid, { key });
  fireEvent.keyDown(grid, { key: 'Enter' });
  expect(open).toHaveBeenCalledWith(rows[2]);
  // The same places on a Korean keyboard.
  fireEvent.keyDown(grid, { key: 'ㅓ', code: 'KeyJ' });
  fireEvent.keyDown(grid, { key: ' ' });
  expect(mark).toHaveBeenCalledWith(new Set(['C-3']));
});
