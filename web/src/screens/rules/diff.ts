// What changed between two texts, word by word: what both have, what went, what came. Words rather
// than letters, because a condition is read in words.
export interface Piece {
  kind: 'same' | 'gone' | 'came';
  text: string;
}

/** Beyond this many pairs of words, the texts are only shown one after the other. */
const PAIRS = 1_000_000;

const words = (text: string): string[] =>
  text.match(/[\p{L}\p{N}_.]+|\s+|[^\p{L}\p{N}_.\s]/gu) ?? [];

function joined(pieces: Piece[]): Piece[] {
  const whole: Piece[] = [];
  for (const { kind, text } of pieces) {
    const last = whole.at(-1);
    if (last?.kind === kind) last.text += text;
    else whole.push({ kind, text });
  }
  return whole.filter(({ text }) => text !== '');
}

/** The pieces of both texts in their order; what went stands before what came in its place. */
export function diff(before: string, after: string): Piece[] {
  const [a, b] = [words(before), words(after)];
  if (before === after || a.length * b.length > PAIRS) {
    return joined(
      before === after
        ? [{ kind: 'same', text: after }]
        : [
            { kind: 'gone', text: before },
            { kind: 'came', text: after },
          ],
    );
  }
  // How many words the rests of both have in common, from each pair of places on.
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        a[i] === b[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push({ kind: 'same', text: a[i] ?? '' });
      i += 1;
      j += 1;
    } else if (
      i < a.length &&
      (j >= b.length || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      pieces.push({ kind: 'gone', text: a[i] ?? '' });
      i += 1;
    } else {
      pieces.push({ kind: 'came', text: b[j] ?? '' });
      j += 1;
    }
  }
  return joined(pieces);
}
