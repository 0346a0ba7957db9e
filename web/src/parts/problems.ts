// The words for what went wrong. The server says it in English; where this workbench knows the
// kind, it says it in the officer's language instead, and the next step with it. What only this
// one case is about, such as a number or a field, stays in the server's own sentence (`said`).
import i18next from 'i18next';
import type { Problem } from '@/api/problem';

export function problemWords(problem: Problem): { said: string; next: string | undefined } {
  const values = { ...problem.body, id: problem.id ?? '', said: sentence(problem.message) };
  const of = (part: string) => {
    const key = `problems:${problem.code}.${part}`;
    return i18next.exists(key) ? i18next.t(key, values) : undefined;
  };
  return { said: of('said') ?? values.said, next: of('next') ?? problem.next };
}

/** A refusal of the office is half a sentence, since a terminal writes its kind before it. */
function sentence(said: string): string {
  const end = /[.!?)”]$/.test(said) ? '' : '.';
  // A word in backquotes or a code keeps its own case.
  return `${/^[a-z]+ /.test(said) ? said.charAt(0).toUpperCase() + said.slice(1) : said}${end}`;
}
