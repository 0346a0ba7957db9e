// Numbers and times as an officer reads them, in both languages.
import { expect, it } from 'vitest';
import { makeFormat } from './format';

const [ko, en] = [makeFormat('ko'), makeFormat('en')];

it('keeps the digits that mean something', () => {
  expect(en.share(0.0359)).toBe('3.6%');
  expect(en.share(0.000123)).toBe('0.0123%');
  expect(en.share(0)).toBe('0%');
  expect(en.share(1)).toBe('100%');
  expect(en.number(7391.4)).toBe('7,391');
  expect(en.number(0.11428)).toBe('0.114');
});

it('says units in the language that is spoken', () => {
  expect(ko.minutes(10)).toBe('10분');
  expect(en.minutes(10)).toBe('10 min');
  expect(en.exactMass(21_450_500)).toBe('21,450.5 kg');
  expect(en.minutes(22.7)).toBe('22.7 min');
  expect(ko.minutes(27084.7)).toBe('27,085분');
  expect(ko.hours(7.5)).toBe('7.5시간');
  expect(ko.said({ ko: '검사', en: 'inspection' })).toBe('검사');
  expect(en.said({ ko: '검사', en: 'inspection' })).toBe('inspection');
});

it('says how long ago in the largest whole unit', () => {
  const now = Date.parse('2026-07-26T12:00:00Z');
  expect(en.ago('2026-07-26T11:59:30Z', now)).toBe('now');
  expect(en.ago('2026-07-26T11:15:00Z', now)).toBe('45 minutes ago');
  expect(ko.ago('2026-07-24T12:00:00Z', now)).toBe('그저께');
});
