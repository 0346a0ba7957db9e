// The words for what went wrong. The server says it in English; where this workbench knows the
// kind, it says it in the officer's language instead, and the next step with it.
import i18next from 'i18next';
import type { Problem } from '@/api/problem';

export function problemWords(problem: Problem): { said: string; next: string | undefined } {
  const values = { ...problem.body, id: problem.id ?? '' };
  const of = (part: string) => {
    const key = `problems:${problem.code}.${part}`;
    return i18next.exists(key) ? i18next.t(key, values) : undefined;
  };
  return { said: of('said') ?? problem.message, next: of('next') ?? problem.next };
}
