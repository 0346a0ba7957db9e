// A tree of every small size, and the path of every leaf in it: each leads to the root, and none
// does once a hash is changed.
import { expect, it } from 'vitest';
import { climb, together } from './proof';

/** RFC 9162, 2.1.1 and 2.1.3.1, as written there. */
const split = (size: number) => 2 ** Math.floor(Math.log2(size - 1));
async function rootOf(leaves: string[]): Promise<string> {
  if (leaves.length === 1) return leaves[0] ?? '';
  const at = split(leaves.length);
  return together(await rootOf(leaves.slice(0, at)), await rootOf(leaves.slice(at)));
}
async function pathOf(index: number, leaves: string[]): Promise<string[]> {
  if (leaves.length === 1) return [];
  const at = split(leaves.length);
  return index < at
    ? [...(await pathOf(index, leaves.slice(0, at))), await rootOf(leaves.slice(at))]
    : [...(await pathOf(index - at, leaves.slice(at))), await rootOf(leaves.slice(0, at))];
}
const leaf = (number: number) => number.toString(16).padStart(64, '0');

it('leads every leaf of every small tree to its root', async () => {
  for (let size = 1; size <= 17; size += 1) {
    const leaves = Array.from({ length: size }, (_, index) => leaf(index));
    const root = await rootOf(leaves);
    for (let index = 0; index < size; index += 1) {
      const path = await pathOf(index, leaves);
      expect((await climb(leaf(index), index, size, path)).root).toBe(root);
      expect((await climb(leaf(99), index, size, path)).root).not.toBe(root);
    }
  }
});

it('takes no path of another length', async () => {
  const leaves = [leaf(0), leaf(1), leaf(2)];
  const path = await pathOf(0, leaves);
  await expect(climb(leaf(0), 0, 3, path.slice(1))).rejects.toThrow('short');
  await expect(climb(leaf(0), 0, 3, [...path, leaf(9)])).rejects.toThrow('long');
  await expect(climb(leaf(0), 3, 3, path)).rejects.toThrow('outside');
});
