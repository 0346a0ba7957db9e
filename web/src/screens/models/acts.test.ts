// Which acts a model's state offers.
import { expect, it } from 'vitest';
import { actsOf } from './detail';

it.each([
  ['candidate', ['candidate', 'in_force'], ['approve', 'shadow']],
  ['challenger', ['challenger', 'in_force'], ['approve', 'end_shadow']],
  ['in_force', ['in_force'], ['stop']],
  ['in_force', ['in_force', 'retired'], ['roll_back', 'stop']],
  ['retired', ['in_force', 'retired'], ['approve']],
  ['rolled_back', ['in_force', 'rolled_back'], ['approve']],
])('%s among %s', (state, all, acts) => {
  expect(
    actsOf(
      { state },
      all.map((one) => ({ state: one })),
    ),
  ).toEqual(acts);
});
