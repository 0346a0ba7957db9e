// Files that the browser makes itself. A cell of text that a spreadsheet would take for a formula
// is defused with an apostrophe, as the server does in its exports.
export type Cell = string | number | null | undefined;

export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function field(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180, with a mark by which spreadsheets know Hangul. */
export function csv(header: string[], rows: Cell[][]): Blob {
  const lines = [header, ...rows].map((row) => row.map(field).join(','));
  return new Blob([`\uFEFF${lines.join('\r\n')}\r\n`], { type: 'text/csv;charset=utf-8' });
}
