// Versions of a declaration side by side: one row a field that ever changed, one cell a version.
// The server says what changed between two versions; here those changes become columns.
import type { VersionChanges } from '@/api/desk';

export interface FieldRow {
  path: string;
  cells: { value: string | null; changed: boolean }[];
}

export function sideBySide(versions: readonly VersionChanges[]): FieldRow[] {
  const paths = [...new Set(versions.flatMap(({ changes }) => changes.map(({ path }) => path)))];
  return paths.map((path) => {
    const changeAt = (at: number) => versions[at]?.changes.find((one) => one.path === path);
    const firstAt = versions.findIndex((_, at) => changeAt(at) !== undefined);
    let value = changeAt(firstAt)?.from ?? null;
    const cells = versions.map((_, at) => {
      const change = changeAt(at);
      if (change) value = change.to ?? null;
      return { value, changed: change !== undefined };
    });
    return { path, cells };
  });
}
