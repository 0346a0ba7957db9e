// What a shift comes to at a glance: how far it is, what is left, and whether that still fits. All
// of it is counting what the server counted; no consignment is judged here.
import type { TodayShift } from './queries';

export interface Progress {
  /** Inspections that still have to happen. */
  left: number;
  /** On 0 to 1, of what was drawn. */
  done: number;
  waived: number;
  stopped: number;
  /** On 0 to 1: officer-minutes that the drawn list takes of those there are. */
  used: number;
  /** The list takes more minutes than there are. */
  over: boolean;
  finished: boolean;
}

const part = (of: number, whole: number): number => (whole > 0 ? Math.min(1, of / whole) : 0);

export function progressOf(shift: TodayShift): Progress {
  const { drawn, done, waived, held, asked, minutes, minutes_available } = shift;
  const left = Math.max(0, drawn - done - waived);
  return {
    left,
    done: part(done, drawn),
    waived: part(waived, drawn),
    stopped: part(held + asked, drawn),
    used: part(minutes, minutes_available),
    over: minutes > minutes_available,
    finished: drawn > 0 && left === 0,
  };
}

/** The shift to go on with: the one that most is left of; of equals the one released first. */
export function nextShift(shifts: readonly TodayShift[]): TodayShift | null {
  const open = shifts.filter((shift) => progressOf(shift).left > 0);
  return (
    open.sort(
      (a, b) =>
        progressOf(b).left - progressOf(a).left ||
        (a.released_at ?? '9').localeCompare(b.released_at ?? '9'),
    )[0] ?? null
  );
}

/** By office, then parcels before freight, then by the shift's name. */
export function inOrder(shifts: readonly TodayShift[]): TodayShift[] {
  const order = { parcel: 0, freight: 1 };
  return [...shifts].sort(
    (a, b) =>
      a.office.localeCompare(b.office) ||
      order[a.regime] - order[b.regime] ||
      a.shift.localeCompare(b.shift),
  );
}

/** What a shift of a day is called beside that day; null when it is the whole day. */
export function shiftName(shift: string, day: string): string | null {
  const name = shift.startsWith(day) ? shift.slice(day.length).trim() : shift;
  return name || null;
}
