// Filters between the address, the request and the chips.
import { expect, test } from 'vitest';
import { chipsOf, isValid, keyOf, queryOf, readFilters, tidied, toggled, without } from './filters';

test('an address becomes a question', () => {
  const filters = readFilters({
    plan: 'P-331',
    lane: 'red',
    drawn: 1,
    hs: 8708,
    q: ' ㅅㅁ ',
    sort: 'score',
    descending: true,
  });
  expect(queryOf(filters, null, 250)).toEqual({
    plan: 'P-331',
    lane: 'red',
    drawn: '1',
    hs: '8708',
    q: 'ㅅㅁ',
    sort: 'score',
    descending: 1,
    limit: 250,
  });
});

test('without anything said, the queue is in order of rank', () => {
  expect(queryOf(readFilters({}), 'abc', 100)).toEqual({ sort: 'rank', cursor: 'abc', limit: 100 });
});

test('what is not understood is left out', () => {
  const said = { lane: 'pink', origin: 'China', sort: 'colour', from_score: '2', plan: '7', q: '' };
  expect(readFilters(said)).toEqual({});
});

test('what officers type is tidied', () => {
  expect(tidied('origin', ' cn ')).toBe('CN');
  expect(tidied('hs', '8708.99-9000')).toBe('8708999000');
  expect(tidied('from_score', '12.5 %')).toBe('0.125');
  expect(tidied('plan', 'p-7')).toBe('P-7');
  expect(isValid('from_score', tidied('from_score', '12%'))).toBe(true);
  expect(isValid('from_score', tidied('from_score', '120%'))).toBe(false);
});

test('equal questions have one key', () => {
  expect(keyOf({ lane: 'red', q: 'x' })).toBe(keyOf({ q: 'x', lane: 'red' }));
});

test('chips are what can be taken away', () => {
  const filters = readFilters({ lane: 'red', plan: 'P-1', q: 'x', sort: 'value' });
  expect(chipsOf(filters)).toEqual([
    { name: 'plan', value: 'P-1' },
    { name: 'lane', value: 'red' },
  ]);
  expect(chipsOf(without(filters, 'plan'))).toEqual([{ name: 'lane', value: 'red' }]);
});

test('lanes may be several, a regime is one', () => {
  const red = toggled({}, 'lane', 'yellow');
  const both = toggled(red, 'lane', 'red');
  expect(both).toEqual({ lane: 'red,yellow' });
  expect(readFilters(both)).toEqual(both);
  expect(toggled(toggled(both, 'lane', 'red'), 'lane', 'yellow')).toEqual({});
  expect(toggled(toggled({}, 'regime', 'parcel'), 'regime', 'freight')).toEqual({
    regime: 'freight',
  });
  expect(readFilters({ lane: 'red,pink' })).toEqual({});
});
