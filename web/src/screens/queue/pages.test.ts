// The chain of pages: what is asked for when an officer scrolls, jumps and comes back.
import { expect, test } from 'vitest';
import { chain, PAGE, type Place, pagesOf, sightOf, wanted } from './pages';

function fresh(): Place {
  return { cursors: [null], total: null, more: false, scrolled: 0, current: 0 };
}

test('pages are asked for one after another on the way to where the officer is', () => {
  const place = fresh();
  expect(wanted(place, [0])).toEqual([0]);
  expect(wanted(place, [40, 41])).toEqual([0]);
  chain(place, 0, 'a');
  expect(wanted(place, [40, 41])).toEqual([0, 1]);
  chain(place, 1, 'b');
  chain(place, 2, 'c');
  expect(wanted(place, [2, 3])).toEqual([0, 2, 3]);
});

test('pages out of sight are not held, but their cursors are', () => {
  const place = fresh();
  for (const [at, next] of ['a', 'b', 'c', 'd'].entries()) chain(place, at, next);
  expect(wanted(place, [3, 4])).toEqual([0, 3, 4]);
  expect(wanted(place, [0, 1])).toEqual([0, 1]);
  expect(place.cursors).toEqual([null, 'a', 'b', 'c', 'd']);
});

test('when a page ends elsewhere, what was known behind it is known no more', () => {
  const place = fresh();
  for (const [at, next] of ['a', 'b', 'c'].entries()) chain(place, at, next);
  chain(place, 1, 'b');
  expect(place.cursors).toEqual([null, 'a', 'b', 'c']);
  chain(place, 1, 'B');
  expect(place.cursors).toEqual([null, 'a', 'B']);
  chain(place, 1, null);
  expect(place.cursors).toEqual([null, 'a']);
});

test('the row under the hand is held even when it is scrolled away', () => {
  expect(pagesOf(sightOf(5 * PAGE, 5 * PAGE + 20), 3)).toEqual([5, 0]);
  expect(pagesOf(sightOf(PAGE - 5, PAGE + 5), PAGE)).toEqual([0, 1, 1]);
});
