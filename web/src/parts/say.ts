// Estimates as people read them: about three digits mean something, and the interval always stands
// beside the estimate.
import type { Format, IntervalValue } from '@/app/format';

/** A count that is only an estimate: 8,113.8 is about 8,110. */
export function about(format: Format, value: number): string {
  return format.number(value >= 1000 ? Number(value.toPrecision(3)) : value);
}

type As = 'count' | 'share' | 'number';

const write = (format: Format, as: As) =>
  as === 'count' ? (value: number) => about(format, value) : format[as];

export function range(format: Format, { low, high }: IntervalValue, as: As): string {
  const say = write(format, as);
  // One sign of per cent is enough for both ends.
  const first = say(low);
  return `${as === 'share' ? first.replace(/%$/, '') : first}–${say(high)}`;
}

/** "8,110 (6,710–9,820)" */
export function whole(format: Format, value: IntervalValue, as: As): string {
  return `${write(format, as)(value.estimate)} (${range(format, value, as)})`;
}
