// A file or a released list in, the rows of the printed list out.
import { expect, test } from 'vitest';
import { cellsOf, rowsOfCsv, rowsOfDock } from './rows';

test('cells are read with quotes, line ends within them, and a last line without one', () => {
  expect(cellsOf('a,"b, ""c""\nd"\r\n1,2')).toEqual([
    ['a', 'b, "c"\nd'],
    ['1', '2'],
  ]);
});

test('only what was drawn is on the list', () => {
  const text = [
    'rank,consignment,declaration_id,modality,minutes,drawn',
    '1,C-7,26-7,unpack,10,1',
    '2,C-8,26-8,scan,5,0',
    '9,C-9,"26,9",scan,5,1',
  ].join('\n');
  expect(rowsOfCsv(text)).toEqual([
    {
      position: 1,
      consignment: 'C-7',
      reference: '26-7',
      modality: 'unpack',
      minutes: 10,
      goods: null,
      place: null,
    },
    {
      position: 2,
      consignment: 'C-9',
      reference: '26,9',
      modality: 'scan',
      minutes: 5,
      goods: null,
      place: null,
    },
  ]);
});

test('a released list keeps its walking order and leaves other plans out', () => {
  const item = {
    reference: 'r',
    modality: 'scan' as const,
    minutes: 5,
    goods: { description: 'x' },
  };
  const rows = rowsOfDock(
    [
      { ...item, consignment: 'C-2', plan: 'P-1', position: 2, place: 'B' },
      { ...item, consignment: 'C-3', plan: 'P-2', position: 3 },
      { ...item, consignment: 'C-1', plan: 'P-1', position: 1 },
    ],
    'P-1',
  );
  expect(rows.map(({ consignment, place }) => [consignment, place])).toEqual([
    ['C-1', null],
    ['C-2', 'B'],
  ]);
});
