// Whether this browser's first look at a demonstration goes on; what it shows is `first-look.tsx`.

const KEPT = 'sumun.look';

/** Whether this browser's first look has not been ended yet. */
export function isLookOpen(): boolean {
  return localStorage.getItem(KEPT) === null;
}

export function keepLook(open: boolean): void {
  if (open) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, 'ended');
}
