// What is offered where: by path, by what a field says, within an indicator's name, behind a field.
import { describe, expect, it } from 'vitest';
import { marked, offersFor, spotOf, take } from './completion';
import type { Catalogue } from './queries';

const field = (path: string, ko: string, en: string) => ({
  path,
  kind: 'text' as const,
  ko,
  en,
  example: '',
  group: 'goods',
  past: false,
  values: path === 'route.via' ? ['sea', 'air', 'seabed'] : [],
});
const catalogue: Catalogue = {
  fields: [
    field('goods.hs_chapter', '품목 류', 'HS chapter'),
    field('goods.net_mass_kg', '순중량', 'Net mass'),
    field('route.via', '경유지', 'Places on the way'),
  ],
  indicators: [
    {
      code: 'value.low',
      ko: '가격이 낮음',
      en: 'A low value',
      condition: 'goods.value < 10',
      fields: [],
      fires: [],
      quiet: [],
    },
  ],
  functions: [
    { name: 'indicator', sign: 'indicator("value.low")', ko: '지표', en: 'an indicator shows' },
    { name: 'startsWith', sign: 'goods.hs.startsWith("87")', ko: '으로 시작', en: 'begins with' },
    { name: 'abs', sign: 'abs(number)', ko: '절댓값', en: 'without its sign' },
  ],
  limits: { characters: 4000, depth: 24 },
};

/** What is offered where `|` stands. */
function offered(text: string): string[] {
  const cursor = text.indexOf('|');
  const spot = spotOf(text.replace('|', ''), cursor);
  return spot ? offersFor(catalogue, spot).map(({ insert }) => insert) : [];
}

describe('offers', () => {
  it.each([
    ['goods.|', ['goods.hs_chapter', 'goods.net_mass_kg']],
    ['1 < 2 && mass|', ['goods.net_mass_kg']],
    ['순중|', ['goods.net_mass_kg']],
    ['ㅅㅈㄹ|', ['goods.net_mass_kg']],
    ['val|', ['indicator("value.low")']],
    ['indicator("v|', ['value.low']],
    ['goods.hs_chapter.st|', ['goods.hs_chapter.startsWith(']],
    ['ab|', ['abs(']],
    ['indic|', ['indicator("']],
    ['goods.hs_chapter == "goods|', []],
    ['route.via == "s|', ['sea', 'seabed']],
    ['route.via in ["air", "|', ['sea', 'air', 'seabed']],
    ['goods.hs_chapter|', []],
    ['goods.hs_chapter == |', []],
  ])('%s', (text, inserts) => {
    expect(offered(text)).toEqual(inserts);
  });

  it('takes one in place of what was typed', () => {
    const text = 'a && ma == 1';
    const spot = spotOf(text, 7);
    expect(spot && take(text, spot, 7, 'goods.net_mass_kg')).toEqual([
      'a && goods.net_mass_kg == 1',
      22,
    ]);
  });
});

it('marks each error where it is, also behind the end', () => {
  expect(marked('goods.hs == 1', [{ from: 0, to: 8 }])).toEqual([
    { text: 'goods.hs', fault: 0 },
    { text: ' == 1', fault: null },
  ]);
  expect(marked('a &&', [{ from: 4, to: 4 }])).toEqual([
    { text: 'a &&', fault: null },
    { text: ' ', fault: 0 },
  ]);
  expect(marked('ab', [])).toEqual([{ text: 'ab', fault: null }]);
});
