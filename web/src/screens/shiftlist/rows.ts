// The rows of a printed shift list, from either of its sources: the file of an approved export, or
// the list that an inspector may see once it is released.
import type { Modality } from '@/api/desk';

export interface ListRow {
  position: number;
  consignment: string;
  reference: string;
  modality: string;
  minutes: number;
  goods: string | null;
  place: string | null;
}

/** The cells of CSV as RFC 4180 writes it. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === ',') {
      row.push(cell);
      cell = '';
    } else if (letter === '\n') {
      row.push(cell);
      rows.push(row);
      row = [];
      cell = '';
    } else if (letter !== '\r') cell += letter;
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell]);
  return rows;
}

/** The drawn lines of an export's file, in the order of the file. */
export function rowsOfCsv(text: string): ListRow[] {
  const [head = [], ...lines] = cellsOf(text.replace(/^\ufeff/, ''));
  const at = (name: string) => head.indexOf(name);
  const [consignment, reference] = [at('consignment'), at('declaration_id')];
  const [modality, minutes, drawn] = [at('modality'), at('minutes'), at('drawn')];
  return lines
    .filter((line) => drawn < 0 || line[drawn] === '1' || line[drawn] === 'true')
    .map((line, index) => ({
      position: index + 1,
      consignment: line[consignment] ?? '',
      reference: line[reference] ?? '',
      modality: line[modality] ?? '',
      minutes: Number(line[minutes] ?? 0),
      goods: null,
      place: null,
    }));
}

export interface DockItem {
  consignment: string;
  reference: string;
  plan: string;
  position: number;
  place?: string | null;
  modality: Modality;
  minutes: number;
  goods: { description: string };
}

export function rowsOfDock(items: readonly DockItem[], plan: string): ListRow[] {
  return items
    .filter((item) => item.plan === plan)
    .sort((a, b) => a.position - b.position)
    .map((item) => ({
      position: item.position,
      consignment: item.consignment,
      reference: item.reference,
      modality: item.modality,
      minutes: item.minutes,
      goods: item.goods.description,
      place: item.place ?? null,
    }));
}
