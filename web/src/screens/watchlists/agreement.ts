// Which words of a name agree with the other side, and which do not. The server names the words
// (`chol~chul` where two spellings are one word); here they are found again in the name as it is
// written, so that they can be marked there.
export type Agreement = 'same' | 'alike' | 'differs';

export interface Part {
  text: string;
  mark: Agreement | null;
}

/** As the server compares words: without case, accents and width. */
const plain = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase();

/** Both spellings of an agreeing word. */
export function spellings(agreeing: string): [string, string] {
  const [left = agreeing, right = left] = agreeing.split('~');
  return [left, right];
}

export function partsOf(text: string, agree: string[], differ: string[]): Part[] {
  const marks = new Map<string, Agreement>();
  for (const word of differ) marks.set(plain(word), 'differs');
  for (const word of agree) {
    const [left, right] = spellings(word);
    const mark = plain(left) === plain(right) ? 'same' : 'alike';
    for (const spelling of [left, right]) {
      if (marks.get(plain(spelling)) !== 'same') marks.set(plain(spelling), mark);
    }
  }
  const parts: Part[] = [];
  for (const piece of text.match(/[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+/gu) ?? []) {
    const mark = marks.get(plain(piece)) ?? null;
    const last = parts.at(-1);
    if (last && last.mark === null && mark === null) last.text += piece;
    else parts.push({ text: piece, mark });
  }
  return parts;
}
