// What counts as numbers of officers.
import { expect, it } from 'vitest';
import { officersOf } from './capacity';

it.each([
  ['70, 100, 200', [70, 100, 200]],
  ['200 70;100', [70, 100, 200]],
  ['７０', [70]],
  ['70,70', [70]],
  ['', null],
  ['0', null],
  ['-5', null],
  ['seventy', null],
  ['1,2,3,4,5,6,7,8,9', null],
])('%s', (typed, expected) => {
  expect(officersOf(typed)).toEqual(expected);
});
