// The usual reasons for a decision on a hit, each with a number to press. They are written into the
// decision in the officer's language, with whatever the officer adds.
import type { Verdict } from './queries';

export const VERDICTS: { verdict: Verdict; key: string }[] = [
  { verdict: 'same', key: 's' },
  { verdict: 'not_same', key: 'n' },
  { verdict: 'unsure', key: 'u' },
];

export const REASONS: Record<Verdict, string[]> = {
  same: ['identifier_same', 'name_and_address_same', 'known_to_us', 'confirmed_by_source'],
  not_same: ['other_identifier', 'other_address', 'common_name', 'known_trader', 'other_kind'],
  unsure: ['too_little', 'asked_source', 'asked_declarant'],
};

/** The one that always needs words of the officer's own. */
export const OTHER = 'other';

export function reasonOf(said: string | null, words: string): string {
  const own = words.trim();
  if (!said) return own;
  return own ? `${said.replace(/\.$/, '')}. ${own}` : said;
}
