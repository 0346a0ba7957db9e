// The waterfall: base, pushes and rest in, bars that meet end to end out.
import { expect, test } from 'vitest';
import { addsUp, barsOf, chanceOf, logOddsOf, MIN_GAP, scaleOf } from './waterfall';

const steps = [{ push: 1.2 }, { push: -0.5 }, { push: 0.8 }];

test('each bar begins where the one before ended', () => {
  const bars = barsOf(-3, steps, 0.1);
  expect(bars.map((bar) => [bar.from, bar.to].map((x) => Number(x.toFixed(6))))).toEqual([
    [-3, -1.8],
    [-1.8, -2.3],
    [-2.3, -1.5],
    [-1.5, -1.4],
  ]);
  expect(bars.at(-1)?.step).toBeNull();
  expect(bars.at(-1)?.chance).toBeCloseTo(chanceOf(-1.4), 12);
});

test('no rest, no bar for it', () => {
  expect(barsOf(-3, steps, 0)).toHaveLength(3);
});

test('a sum that misses the final chance is noticed', () => {
  expect(addsUp(-3, steps, 0.1, -1.4)).toBe(true);
  expect(addsUp(-3, steps, 0.1, -1.0)).toBe(false);
  expect(addsUp(-2, [], 0, -2)).toBe(true);
});

test('chance and log-odds are each other', () => {
  for (const chance of [0.0001, 0.114, 0.5, 0.99]) {
    expect(chanceOf(logOddsOf(chance))).toBeCloseTo(chance, 12);
  }
});

test('the scale holds all points and its ticks stand apart', () => {
  const scale = scaleOf([-4.6, -1.2, -2]);
  for (const point of [-4.6, -1.2, -2]) {
    expect(scale.place(point)).toBeGreaterThan(0);
    expect(scale.place(point)).toBeLessThan(1);
  }
  scale.ticks.slice(1).forEach((tick, at) => {
    expect(tick.place - (scale.ticks[at]?.place ?? 0)).toBeGreaterThanOrEqual(MIN_GAP);
  });
});

test('one point alone still has a scale', () => {
  expect(scaleOf([-2]).place(-2)).toBeCloseTo(0.5, 6);
});
