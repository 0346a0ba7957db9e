// What may come next in a condition: fields, indicators and functions, found by their path or by
// what they say in Korean or English. It knows only where the cursor stands; whether the whole
// holds is for the server's checker.
import { fits } from '@/screens/queue/hangul';
import type { Catalogue } from './queries';

export interface Spot {
  /** Where what is being written begins; it ends at the cursor. */
  from: number;
  word: string;
  /** Within quotes: of the indicators, or of the words that this field may be. */
  of: 'indicators' | { field: string } | null;
}

export interface Offer {
  id: string;
  /** What stands in the list. */
  title: string;
  ko: string;
  en: string;
  /** The kind of a field, or an example. */
  hint: string;
  what: 'field' | 'indicator' | 'function' | 'value';
  insert: string;
}

const INDICATOR = /indicator\(\s*"([^"]*)$/;
/** `field == "…` and `field in ["…", "…`. */
const VALUE = /([\p{L}_][\w.]*)\s*(?:[=!]=\s*|in\s*\[[^\]]*)["']([^"']*)$/u;
const WORD = /[\p{L}_][\p{L}\p{N}_.]*$/u;

/** Whether a text ends within a string. */
function isOpen(text: string): boolean {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '\\' && quote) at += 1;
    else if (quote ? sign === quote : sign === '"' || sign === "'") quote = quote ? '' : sign;
  }
  return quote !== '';
}

export function spotOf(text: string, cursor: number): Spot | null {
  const before = text.slice(0, cursor);
  if (isOpen(before)) {
    const [, code] = INDICATOR.exec(before) ?? [];
    if (code !== undefined) return { from: cursor - code.length, word: code, of: 'indicators' };
    const [, field, value] = VALUE.exec(before) ?? [];
    if (!field || value === undefined) return null;
    return { from: cursor - value.length, word: value, of: { field } };
  }
  const [word] = WORD.exec(before) ?? [];
  return word ? { from: cursor - word.length, word, of: null } : null;
}

/** How well an offer answers a word; the less the better, and null when not at all. */
function rank(word: string, path: string, said: string): number | null {
  const [wanted, have] = [word.toLowerCase(), path.toLowerCase()];
  if (have.startsWith(wanted)) return 0;
  if (have.split(/[._-]/).some((part) => part.startsWith(wanted))) return 1;
  if (have.includes(wanted)) return 2;
  if (fits(word, said)) return 3;
  return null;
}

const MOST = 10;

export function offersFor(catalogue: Catalogue, spot: Spot, most = MOST): Offer[] {
  const { word, of } = spot;
  if (of && of !== 'indicators') {
    const field = catalogue.fields.find(({ path }) => path === of.field);
    return (field?.values ?? [])
      .filter((value) => value !== word && value.startsWith(word))
      .slice(0, most)
      .map((value) => ({
        id: `v ${value}`,
        title: value,
        ko: field?.ko ?? '',
        en: field?.en ?? '',
        hint: '',
        what: 'value',
        insert: value,
      }));
  }
  const found: { offer: Offer; rank: number }[] = [];
  const offer = (one: Offer, by: number | null) => {
    if (by !== null) found.push({ offer: one, rank: by });
  };
  for (const { code, ko, en, condition } of catalogue.indicators) {
    const one = {
      id: `i ${code}`,
      title: code,
      ko,
      en,
      hint: condition,
      what: 'indicator',
    } as const;
    const insert = of ? code : `indicator("${code}")`;
    offer({ ...one, insert }, rank(word, code, `${ko} ${en}`));
  }
  if (!of) {
    // Behind a whole field and a dot stand the functions of texts.
    const dot = word.lastIndexOf('.');
    const isField = catalogue.fields.some(({ path }) => path === word.slice(0, dot));
    for (const { path, kind, ko, en } of catalogue.fields) {
      if (path === word) continue;
      const one = { id: `f ${path}`, title: path, ko, en, hint: kind, what: 'field' } as const;
      offer({ ...one, insert: path }, rank(word, path, `${ko} ${en}`));
    }
    for (const { name, sign, ko, en } of catalogue.functions) {
      const one = { id: `u ${sign}`, title: sign, ko, en, hint: '', what: 'function' } as const;
      const method = sign.includes(`.${name}`);
      if (method && dot > 0 && isField) {
        const insert = `${word.slice(0, dot)}.${name}(`;
        offer({ ...one, insert }, rank(word.slice(dot + 1), name, ''));
      } else if (!method) {
        const insert = name === 'indicator' ? 'indicator("' : `${name}(`;
        offer({ ...one, insert }, rank(word, name, `${ko} ${en}`));
      }
    }
  }
  const order = { field: 0, indicator: 1, function: 2, value: 3 };
  return found
    .sort((a, b) => a.rank - b.rank || order[a.offer.what] - order[b.offer.what])
    .slice(0, most)
    .map(({ offer: one }) => one);
}

/** The text with an offer taken, and where the cursor then stands. */
export function take(text: string, spot: Spot, cursor: number, insert: string): [string, number] {
  const whole = `${text.slice(0, spot.from)}${insert}${text.slice(cursor)}`;
  return [whole, spot.from + insert.length];
}

export interface Marked {
  text: string;
  /** Which error, by its place in the list. */
  fault: number | null;
}

/** The text cut at the errors, so that each is underlined where it is. */
export function marked(text: string, faults: { from: number; to: number }[]): Marked[] {
  const pieces: Marked[] = [];
  let at = 0;
  const order = faults
    .map(({ from, to }, index) => ({ from, to: Math.max(to, from + 1), index }))
    .sort((a, b) => a.from - b.from);
  for (const { from, to, index } of order) {
    if (from < at || from > text.length) continue;
    if (from > at) pieces.push({ text: text.slice(at, from), fault: null });
    // An error at the very end stands on a place where nothing is yet.
    pieces.push({ text: text.slice(from, to) || ' ', fault: index });
    at = Math.min(to, text.length);
  }
  if (at < text.length) pieces.push({ text: text.slice(at), fault: null });
  return pieces;
}
