// Checks in this browser what the server claims: that an entry's leaf and the hashes beside its way
// up lead to the root (RFC 9162, 2.1.3.2). So the screen shows a calculation, not an assurance.

/** One step on the way up: what stands beside, on which side, and what the two come to. */
export interface Step {
  beside: string;
  side: 'left' | 'right';
  together: string;
}

export interface Checked {
  steps: Step[];
  /** What the way up comes to. */
  root: string;
}

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hex(of: Uint8Array): string {
  return Array.from(of, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** SHA-256 over the mark of an inner node and its two halves. */
export async function together(left: string, right: string): Promise<string> {
  const whole = new Uint8Array([1, ...bytes(left), ...bytes(right)]);
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', whole)));
}

/** Whether this browser can calculate at all: it refuses on pages that are not secure. */
export const canCheck = (): boolean => globalThis.crypto?.subtle !== undefined;

/** The way from a leaf to the root; throws when the path is too long or too short for the tree. */
export async function climb(
  leaf: string,
  index: number,
  size: number,
  path: string[],
): Promise<Checked> {
  if (index >= size) throw new Error('the entry lies outside the tree');
  let [at, last] = [BigInt(index), BigInt(size - 1)];
  let root = leaf;
  const steps: Step[] = [];
  for (const beside of path) {
    if (last === 0n) throw new Error('the path is too long');
    const left = (at & 1n) === 1n || at === last;
    root = left ? await together(beside, root) : await together(root, beside);
    steps.push({ beside, side: left ? 'left' : 'right', together: root });
    if (left && (at & 1n) === 0n) {
      while (at !== 0n && (at & 1n) === 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    }
    at >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n) throw new Error('the path is too short');
  return { steps, root };
}
