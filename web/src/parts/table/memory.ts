// What a list remembers of its officer: the columns for good, the place for this tab.
export interface Memory {
  /** By column: shown or not; a column not named here is as it began. */
  shown?: Record<string, boolean>;
  /** The row that had the focus last. */
  place?: string;
}

const key = (name: string) => `sumun.table.${name}`;

function read(storage: Storage, name: string): unknown {
  try {
    return JSON.parse(storage.getItem(key(name)) ?? 'null');
  } catch {
    return null;
  }
}

export function recall(name: string): Memory {
  const shown = read(localStorage, name);
  const place = read(sessionStorage, name);
  return {
    ...(shown && typeof shown === 'object' ? { shown: shown as Record<string, boolean> } : {}),
    ...(typeof place === 'string' ? { place } : {}),
  };
}

export function remember(name: string, memory: Memory): void {
  if (memory.shown) localStorage.setItem(key(name), JSON.stringify(memory.shown));
  if (memory.place) sessionStorage.setItem(key(name), JSON.stringify(memory.place));
}
