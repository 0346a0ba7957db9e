// How numbers, times and amounts are written, alike on every screen. Times come in UTC and are
// shown where the officer is; the exact one stays in the `dateTime` of `<time>`.
import { useTranslation } from 'react-i18next';
import type { Said } from './words';

/** An estimate with its 95 % interval, as the API gives it. */
export interface IntervalValue {
  estimate: number;
  low: number;
  high: number;
}

export function makeFormat(locale: string) {
  const tag = locale === 'en' ? 'en-GB' : 'ko-KR';
  const whole = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 });
  const three = new Intl.NumberFormat(tag, { maximumSignificantDigits: 3 });
  const grams = new Intl.NumberFormat(tag, { maximumFractionDigits: 3 });
  const day = new Intl.DateTimeFormat(tag, { dateStyle: 'medium' });
  const clock = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', hour12: false });
  const moment = new Intl.DateTimeFormat(tag, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
  const ago = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });
  const moneys = new Map<string, Intl.NumberFormat>();
  const share = (value: number) => {
    const percent = value * 100;
    if (percent === 0 || percent >= 99.95) return `${tenths.format(percent)}%`;
    return `${(percent < 1 ? three : tenths).format(percent)}%`;
  };
  return {
    locale: tag,
    /** A count. */
    count: (value: number) => whole.format(value),
    /** A number of which about three digits mean something. */
    number: (value: number) => (Math.abs(value) >= 1000 ? whole : three).format(value),
    /** A probability or share, in per cent. */
    share,
    /** A share so small that per cent says little: "12 in 100,000". */
    mass: (kg: number) => `${three.format(kg)} kg`,
    /** A mass as it was declared, to the gram. */
    exactMass: (g: number) => `${grams.format(g / 1000)} kg`,
    money: (value: number, currency: string) => {
      const maximumFractionDigits = value >= 100 ? 0 : 2;
      const key = `${currency} ${maximumFractionDigits}`;
      let format = moneys.get(key);
      if (!format) {
        format = new Intl.NumberFormat(tag, { style: 'currency', currency, maximumFractionDigits });
        moneys.set(key, format);
      }
      return format.format(value);
    },
    /** Minutes; a tenth of one says nothing beside hundreds. */
    minutes: (value: number) => {
      const said = (Math.abs(value) >= 100 ? whole : tenths).format(value);
      return tag === 'en-GB' ? `${said} min` : `${said}분`;
    },
    hours: (value: number) =>
      tag === 'en-GB' ? `${tenths.format(value)} h` : `${tenths.format(value)}시간`,
    /** A calendar day, given as 2026-07-26. */
    day: (value: string) => day.format(new Date(`${value}T00:00:00`)),
    /** A point in time, given as RFC 3339. */
    time: (value: string) => moment.format(new Date(value)),
    clock: (value: string) => clock.format(new Date(value)),
    /** How long ago, in the largest whole unit. */
    ago: (value: string, now = Date.now()) => {
      const seconds = (new Date(value).getTime() - now) / 1000;
      for (const [unit, size] of [
        ['day', 86_400],
        ['hour', 3_600],
        ['minute', 60],
      ] as const) {
        if (Math.abs(seconds) >= size) return ago.format(Math.round(seconds / size), unit);
      }
      // "This minute" is what a clock says; people say that it was just now.
      return ago.format(0, 'second');
    },
    /** The half of a two-language text that is wanted. */
    said: (text: Said) => (tag === 'en-GB' ? text.en : text.ko),
  };
}

export type Format = ReturnType<typeof makeFormat>;

// Making formatters is dear, and a list writes hundreds of numbers a frame.
const made = new Map<string, Format>();

export function formatOf(locale: string): Format {
  const known = made.get(locale);
  if (known) return known;
  const format = makeFormat(locale);
  made.set(locale, format);
  return format;
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  return formatOf(i18n.language);
}
