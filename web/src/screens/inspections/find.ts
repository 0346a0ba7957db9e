// Finding a consignment of the list by what is printed on it: a scanned bar code, a typed bill or
// container number, or its last digits. A scanner that acts as a keyboard is told from a person by
// its pace.
import type { Item } from './shapes';

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Fewer signs than this name nothing by their end. */
const TAIL = 4;

export function ids(item: Item): string[] {
  return [item.consignment, item.reference, ...item.bills, ...item.containers];
}

/** What a code or a few typed signs may mean: whole matches first, else ends, else parts. */
export function find(items: Item[], typed: string): Item[] {
  const wanted = plain(typed);
  if (!wanted) return items;
  const known = items.map((item) => ({ item, ids: ids(item).map(plain) }));
  const by = (how: (id: string) => boolean) =>
    known.filter((one) => one.ids.some((id) => id !== '' && how(id))).map((one) => one.item);
  const whole = by((id) => id === wanted);
  if (whole.length > 0) return whole;
  // A code often carries more than the number: an application identifier before it, a check after.
  const within = wanted.length > 10 ? by((id) => id.length > 8 && wanted.includes(id)) : [];
  if (within.length > 0) return within;
  const ends = wanted.length >= TAIL ? by((id) => id.endsWith(wanted)) : [];
  if (ends.length > 0) return ends;
  const parts = by((id) => id.includes(wanted));
  if (parts.length > 0) return parts;
  const words = typed.normalize('NFC').trim().toLowerCase();
  return items.filter((item) =>
    [item.goods.description, item.place, item.consignor].some((text) =>
      text?.normalize('NFC').toLowerCase().includes(words),
    ),
  );
}

/** Signs that come faster than this were not typed by hand. */
const PACE_MS = 50;
const SHORTEST = 5;

/** Collects the keys of a scanner; gives the code when its Enter comes. */
export function makeWedge() {
  let signs = '';
  let last = 0;
  return (key: string, at: number): string | null => {
    if (at - last > PACE_MS) signs = '';
    last = at;
    if (key === 'Enter') {
      const code = signs;
      signs = '';
      return code.length >= SHORTEST ? code : null;
    }
    if (key.length === 1) signs += key;
    return null;
  };
}
