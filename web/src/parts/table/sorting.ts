// Sorting what is here already. What is not known stands last, whichever way a list is turned.
import type { Sort } from './table';

export type Sortable = string | number | null | undefined;

export function sorted<Row>(
  rows: readonly Row[],
  sort: Sort | undefined,
  of: (row: Row, by: string) => Sortable,
  locale: string,
): Row[] {
  if (!sort) return [...rows];
  const words = new Intl.Collator(locale, { numeric: true });
  const way = sort.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: of(row, sort.by) }))
    .sort(({ value: a }, { value: b }) => {
      if (a == null || b == null) return a == null ? (b == null ? 0 : 1) : -1;
      if (typeof a === 'number' && typeof b === 'number') return way * (a - b);
      return way * words.compare(String(a), String(b));
    })
    .map(({ row }) => row);
}
