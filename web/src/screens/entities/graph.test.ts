// The picture of the links is bounded, and the same links give the same picture.
import { expect, it } from 'vitest';
import { HEIGHT, MOST, pictureOf, short, WIDTH } from './graph';
import type { EntityLink } from './queries';

const link = (number: number, kind: EntityLink['kind'] = 'phone'): EntityLink => ({
  entity: `E-${number}`,
  label: `Firm ${number}`,
  kind,
  value: 'x',
  shared_by: 2,
  consignments: number,
  finds: 0,
  said: { ko: '', en: '' },
});

it('shows each neighbour once, with all that it shares', () => {
  const { neighbours, left_out } = pictureOf([
    link(1, 'address'),
    link(2, 'code'),
    link(1, 'phone'),
  ]);
  expect(neighbours.map(({ entity, kinds }) => [entity, kinds])).toEqual([
    ['E-2', ['code']],
    ['E-1', ['address', 'phone']],
  ]);
  expect(left_out).toBe(0);
});

it('is bounded, within its frame, and always the same', () => {
  const links = Array.from({ length: 40 }, (_, at) => link(at));
  const picture = pictureOf(links);
  expect(picture.neighbours).toHaveLength(MOST);
  expect(picture.left_out).toBe(40 - MOST);
  for (const { x, y } of picture.neighbours) {
    expect(x).toBeGreaterThan(0);
    expect(x).toBeLessThan(WIDTH);
    expect(y).toBeGreaterThan(0);
    expect(y).toBeLessThan(HEIGHT);
  }
  const places = new Set(picture.neighbours.map(({ x, y }) => `${x} ${y}`));
  expect(places.size).toBe(MOST);
  expect(pictureOf(links)).toEqual(picture);
});

it('cuts long names by letters', () => {
  expect(short('한빛무역', 4)).toBe('한빛무역');
  expect(short('한빛무역주식회사', 5)).toBe('한빛무역…');
});
