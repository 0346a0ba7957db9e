// Words that agree and differ, found again in the names as they are written.
import { expect, it } from 'vitest';
import { partsOf } from './agreement';

const SIGNS = { same: '=', alike: '~', differs: '!' };
const told = (text: string, agree: string[], differ: string[] = []) =>
  partsOf(text, agree, differ)
    .map(({ text: piece, mark }) => (mark ? `${SIGNS[mark]}${piece}` : piece))
    .join('');

it.each([
  ['KIM CHOL SU', ['kim', 'chol~chul', 'su~soo'], [], '=KIM ~CHOL ~SU'],
  ['Kim Chul-soo', ['kim', 'chol~chul', 'su~soo'], [], '=Kim ~Chul-~soo'],
  ['José Muñoz', ['munoz'], ['jose'], '!José =Muñoz'],
  ['한빛 무역', ['한빛'], ['무역'], '=한빛 !무역'],
  ['김철수', ['kim'], [], '김철수'],
  ['', ['kim'], [], ''],
])('%s', (text, agree, differ, said) => {
  expect(told(text, agree, differ)).toBe(said);
});
