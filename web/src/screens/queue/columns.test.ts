// Columns: what is remembered, what steps aside, and the interval of a score.
import { expect, test } from 'vitest';
import { COLUMNS, choiceOf, intervalOf, rangeWords, routeOf, shownOf } from './columns';

test('at first every column is at its place, the rare ones hidden', () => {
  const choice = choiceOf(null);
  expect(choice.map(({ id }) => id)).toEqual(COLUMNS.map(({ id }) => id));
  expect(choice.filter(({ on }) => !on).map(({ id }) => id)).toEqual([
    'state',
    'value',
    'minutes',
    'critical',
  ]);
});

test('order and choice are kept, and what is not known is dropped', () => {
  const choice = choiceOf([
    { id: 'goods', on: true },
    { id: 'gone', on: true },
    { id: 'consignment', on: false },
  ]);
  expect(choice[0]?.id).not.toBe('gone');
  expect(choice.find(({ id }) => id === 'consignment')?.on).toBe(true);
  expect(choice).toHaveLength(COLUMNS.length);
});

test('beside the preview, what it shows steps aside as far as needed', () => {
  const choice = choiceOf(null);
  const all = shownOf(choice, 0, false).map(({ id }) => id);
  expect(all).toContain('arrival');
  const tight = shownOf(choice, 900, true).map(({ id }) => id);
  expect(tight).not.toContain('arrival');
  expect(tight).toContain('goods');
  const roomy = shownOf(choice, 4000, true).map(({ id }) => id);
  expect(roomy).toEqual(all);
});

test('a score has an interval when its error is known', () => {
  const [low, high] = intervalOf(0.114, 0.3) ?? [0, 0];
  expect(low).toBeCloseTo(0.0667, 3);
  expect(high).toBeCloseTo(0.1881, 3);
  expect(intervalOf(0.114, null)).toBeNull();
  expect(rangeWords([low, high])).toBe('7–19%');
  expect(rangeWords([0.012, 0.034])).toBe('1.2–3.4%');
});

test('a route names each place once', () => {
  const route = { departure: 'CN', via: ['JPNRT'], discharge: 'KRICN', destination: 'KR' };
  expect(routeOf(route)).toEqual(['CN', 'JPNRT', 'KRICN']);
  expect(routeOf({ ...route, via: [], discharge: null })).toEqual(['CN', 'KR']);
  expect(routeOf({ departure: 'KR', via: [], discharge: null, destination: 'KR' })).toEqual(['KR']);
});
