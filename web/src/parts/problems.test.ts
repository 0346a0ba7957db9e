// Every kind of refusal that a request can meet has its words in both languages, read from the
// office's own source, and what only one case is about is not lost.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import i18next from 'i18next';
import { afterAll, expect, it } from 'vitest';
import { Problem } from '@/api/problem';
import { problemWords } from './problems';

const office = join(import.meta.dirname, '../../../crates/sumun/src');
/** What only a terminal is told: the commands, a store not yet opened, the server's start. */
const NOT_ASKED = /^(commands\/|store\/|web\/mod\.rs)/;
const KINDS = [
  /refuse!\(\s*"(\w+)"/g,
  /\brefuse\(\s*"(\w+)"/g,
  /Refusal::error\(\s*"(\w+)"/g,
  /Problem::\w+\(\s*(?:StatusCode::\w+,\s*|status,\s*)?"(\w+)"/g,
];

function kinds(): Set<string> {
  const found = new Set<string>();
  for (const path of readdirSync(office, { recursive: true, encoding: 'utf8' })) {
    const within = path.replaceAll('\\', '/');
    if (!within.endsWith('.rs') || NOT_ASKED.test(within)) continue;
    const code = readFileSync(join(office, path), 'utf8');
    for (const kind of KINDS) for (const [, name = ''] of code.matchAll(kind)) found.add(name);
  }
  return found;
}

const words = (language: string): Record<string, { said: string; next: string }> =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../words/${language}/problems.json`), 'utf8'));

it.each(['ko', 'en'])('has words for every refusal in %s', (language) => {
  const known = words(language);
  const refusals = [...kinds()];
  expect(refusals.length).toBeGreaterThan(100);
  const without = (kind: string) => !known[kind]?.said || known[kind].next === undefined;
  expect(refusals.filter(without)).toEqual([]);
});

const refused = (code: string, said: string) => new Problem(422, { error: { code, said } });

afterAll(() => i18next.changeLanguage('en'));

it('says what is known of the kind, and keeps what only this case is about', async () => {
  await i18next.loadNamespaces('problems');
  const capacity = refused('capacity', 'the capacity has no cell for office ICN');
  expect(problemWords(capacity).said).toBe('The capacity has no cell for office ICN.');
  expect(problemWords(refused('list_shrinks', 'x')).said).toMatch(/more than half/);
  await i18next.changeLanguage('ko');
  expect(problemWords(capacity).said).toBe(
    '가용 시간을 이대로 쓸 수 없습니다. (The capacity has no cell for office ICN.)',
  );
  expect(problemWords(refused('hit_decided', 'x')).next).toMatch(/다시 판단하세요/);
  const unknown = problemWords(refused('of_a_later_server', '`x` is none'));
  expect(unknown.said).toBe('`x` is none.');
});
