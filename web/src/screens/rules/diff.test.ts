// What two versions of a condition have in common and what not.
import { expect, it } from 'vitest';
import { diff } from './diff';

const told = (before: string, after: string) =>
  diff(before, after)
    .map(({ kind, text }) => ({ same: text, gone: `[-${text}-]`, came: `[+${text}+]` })[kind])
    .join('');

it.each([
  ['goods.count > 3', 'goods.count > 5', 'goods.count > [-3-][+5+]'],
  ['a && b', 'a && b && c', 'a && b[+ && c+]'],
  ['a || b', 'b', '[-a || -]b'],
  ['', 'a', '[+a+]'],
  ['같은 말', '같은 말', '같은 말'],
  ['', '', ''],
])('%s → %s', (before, after, said) => {
  expect(told(before, after)).toBe(said);
});

it('gives both texts back from its pieces', () => {
  const [before, after] = ['x.y(1) && "가나" in z', 'x.y(2) || !("가나" in z)'];
  const without = (kind: string) =>
    diff(before, after)
      .filter((piece) => piece.kind !== kind)
      .map(({ text }) => text)
      .join('');
  expect(without('came')).toBe(before);
  expect(without('gone')).toBe(after);
});
