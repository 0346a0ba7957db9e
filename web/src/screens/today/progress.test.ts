// A shift's figures in, what it comes to out.
import { expect, test } from 'vitest';
import { inOrder, nextShift, progressOf, shiftName } from './progress';
import type { TodayShift } from './queries';

function shift(of: Partial<TodayShift>): TodayShift {
  return {
    plan: 'P-1',
    office: 'ICN',
    shift: 'day',
    regime: 'parcel',
    candidates: 900,
    drawn: 72,
    minutes: 700,
    minutes_available: 720,
    done: 0,
    held: 0,
    asked: 0,
    waived: 0,
    found: 0,
    released_at: null,
    lanes: { red: 0, yellow: 0, blue: 0, green: 0 },
    expected_finds: null,
    ...of,
  };
}

test('what is left is what was drawn and neither done nor waived', () => {
  const at = progressOf(shift({ drawn: 72, done: 12, waived: 3, held: 2 }));
  expect(at.left).toBe(57);
  expect(at.done).toBeCloseTo(1 / 6, 6);
  expect(at.finished).toBe(false);
  expect(at.over).toBe(false);
});

test('a shift with nothing drawn is neither done nor unfinished', () => {
  const at = progressOf(shift({ drawn: 0 }));
  expect([at.left, at.done, at.finished]).toEqual([0, 0, false]);
});

test('a list longer than its shift is noticed', () => {
  expect(progressOf(shift({ minutes: 800 })).over).toBe(true);
});

test('one goes on with the shift that most is left of', () => {
  const a = shift({ plan: 'P-1', drawn: 20, done: 18 });
  const b = shift({ plan: 'P-2', drawn: 72, done: 12 });
  expect(nextShift([a, b])?.plan).toBe('P-2');
  expect(nextShift([shift({ drawn: 5, done: 5 })])).toBeNull();
});

test('shifts stand by office, parcels first', () => {
  const ordered = inOrder([
    shift({ plan: 'P-3', office: 'PUS' }),
    shift({ plan: 'P-2', regime: 'freight' }),
    shift({ plan: 'P-1' }),
  ]);
  expect(ordered.map(({ plan }) => plan)).toEqual(['P-1', 'P-2', 'P-3']);
});

test('a shift is called by what its day does not say', () => {
  expect(shiftName('2026-07-10 night', '2026-07-10')).toBe('night');
  expect(shiftName('2026-07-10', '2026-07-10')).toBeNull();
  expect(shiftName('2026-07-09 night', '2026-07-10')).toBe('2026-07-09 night');
});
