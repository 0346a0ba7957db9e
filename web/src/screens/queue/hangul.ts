// Hangul search words as officers type them: whole syllables, or only initial consonants (ㅅㅁ for
// 수문). The server finds the rows; here the found part is marked, and short lists of ours, such
// as reason codes, are searched the same way.
const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
/** Syllables that share an initial: 21 vowels times 28 endings. */
const PER_INITIAL = 588;
const INITIALS = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'];
const IS_INITIAL = new Set(INITIALS);

/** The initial consonant of a syllable; any other character as it is, in lower case. */
export function initialOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < FIRST_SYLLABLE || code > LAST_SYLLABLE) return character.toLowerCase();
  return INITIALS[Math.floor((code - FIRST_SYLLABLE) / PER_INITIAL)] ?? character;
}

/** Whether a word is made of initial consonants alone. */
export function isInitials(word: string): boolean {
  const letters = [...word];
  return letters.length > 0 && letters.every((letter) => IS_INITIAL.has(letter));
}

function letterFits(wanted: string, found: string | undefined): boolean {
  if (found === undefined) return false;
  if (IS_INITIAL.has(wanted)) return initialOf(found) === wanted;
  return wanted.toLowerCase() === found.toLowerCase();
}

/** Where a word stands in a text: [from, to) in characters, or null. */
export function find(word: string, text: string): [number, number] | null {
  const wanted = [...word.normalize('NFC').trim()];
  const letters = [...text.normalize('NFC')];
  if (wanted.length === 0) return null;
  for (let from = 0; from + wanted.length <= letters.length; from += 1) {
    if (wanted.every((letter, at) => letterFits(letter, letters[from + at]))) {
      return [from, from + wanted.length];
    }
  }
  return null;
}

/** Whether every word of a question is somewhere in a text. */
export function fits(question: string, text: string): boolean {
  const words = question.split(/\s+/).filter(Boolean);
  return words.every((word) => find(word, text) !== null);
}

/** A text cut into parts, of which the found ones are to be marked. */
export function marked(question: string, text: string): { text: string; found: boolean }[] {
  const letters = [...text.normalize('NFC')];
  const found = new Array<boolean>(letters.length).fill(false);
  for (const word of question.split(/\s+/).filter(Boolean)) {
    const place = find(word, text);
    if (place) found.fill(true, place[0], place[1]);
  }
  const parts: { text: string; found: boolean }[] = [];
  letters.forEach((letter, at) => {
    const last = parts.at(-1);
    if (last && last.found === found[at]) last.text += letter;
    else parts.push({ text: letter, found: found[at] ?? false });
  });
  return parts;
}
