// Search words in Hangul: a question and a text in, the marked part out.
import { expect, test } from 'vitest';
import { find, fits, initialOf, isInitials, marked } from './hangul';

function check(question: string, text: string, shown: string | null) {
  const place = find(question, text);
  const got = place ? [...text].slice(place[0], place[1]).join('') : null;
  expect(got, `${question} in ${text}`).toBe(shown);
}

test('syllables and initial consonants find their place', () => {
  check('수문', '한국수문무역', '수문');
  check('ㅅㅁ', '한국수문무역', '수문');
  check('ㅎㄱㅅ', '한국수문무역', '한국수');
  check('ㅎㄱㅁ', '한국수문무역', null);
  check('무ㅇ', '한국수문무역', '무역');
  check('ㄸ', '떡', '떡');
  check('ㄷ', '떡', null);
  check('vehicle', 'Vehicle parts', 'Vehicle');
  check('', '한국', null);
});

test('a decomposed text is the same text', () => {
  expect(find('ㅅㅁ', '수문'.normalize('NFD'))).toEqual([0, 2]);
});

test('the first and the last syllable have their initials', () => {
  expect(initialOf('가')).toBe('ㄱ');
  expect(initialOf('힣')).toBe('ㅎ');
  expect(initialOf('A')).toBe('a');
});

test('only consonants that begin a syllable are initials', () => {
  expect(isInitials('ㅅㅁ')).toBe(true);
  expect(isInitials('ㅅ문')).toBe(false);
  expect(isInitials('ㄳ')).toBe(false);
  expect(isInitials('')).toBe(false);
});

test('every word must be found, in any order', () => {
  expect(fits('무역 ㅅㅁ', '한국 수문 무역')).toBe(true);
  expect(fits('무역 ㅂㅅ', '한국 수문 무역')).toBe(false);
  expect(fits('', '한국')).toBe(true);
});

test('what was found is marked and nothing is lost', () => {
  const parts = marked('ㅅㅁ', '한국수문무역');
  expect(parts).toEqual([
    { text: '한국', found: false },
    { text: '수문', found: true },
    { text: '무역', found: false },
  ]);
});
