// The columns of the queue: what each shows, how wide it is, and which step aside first when the
// preview beside the list shows the same. Choice and order are the officer's and are remembered.
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import type { QueueRow, RouteShort } from '@/api/desk';
import type { Format } from '@/app/format';
import { SinceTag } from '@/parts/decide/since';
import { StandingTag } from '@/parts/decide/standing';
import { Lane } from '@/parts/lane';
import { ReasonSentence } from '@/parts/reason';
import type { Sort } from './filters';
import { marked } from './hangul';
import styles from './queue.module.css';

export interface Cell {
  row: QueueRow;
  /** The words searched for, to be marked where they stand. */
  q: string;
  t: TFunction<'desk'>;
  format: Format;
}

export interface Column {
  id: string;
  width: number;
  /** Share of the room that is left. */
  grow?: number;
  end?: boolean;
  sort?: Sort;
  /** Begins hidden. */
  hidden?: boolean;
  /** Steps aside for the preview; the highest first. */
  aside?: number;
  cell: (cell: Cell) => ReactNode;
}

/** 95 of 100: how many standard errors an interval reaches to each side. */
const Z95 = 1.96;

/** The interval of a chance, from its standard error in log-odds. */
export function intervalOf(
  p: number | null | undefined,
  se: number | null | undefined,
): [number, number] | null {
  if (p == null || se == null || p <= 0 || p >= 1) return null;
  const at = Math.log(p / (1 - p));
  const chance = (x: number) => 1 / (1 + Math.exp(-x));
  return [chance(at - Z95 * se), chance(at + Z95 * se)];
}

/** A range as short as it can be read: "85–99%", "1.2–3.4%". */
export function rangeWords([low, high]: [number, number]): string {
  const digits = high >= 0.0995 ? 0 : high >= 0.00995 ? 1 : 2;
  return `${(low * 100).toFixed(digits)}–${(high * 100).toFixed(digits)}%`;
}

export function Marked({ q, text }: { q: string; text: string }) {
  if (!q) return text;
  return marked(q, text).map((part, at) =>
    // The parts of one text have no other name than their place.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    part.found ? <mark key={at}>{part.text}</mark> : <span key={at}>{part.text}</span>,
  );
}

/** The places of a route in order; a country whose port stands beside it adds nothing. */
export function routeOf(route: RouteShort): string[] {
  const codes = [route.departure, ...route.via, route.discharge, route.destination].filter(
    (code): code is string => Boolean(code),
  );
  const named: string[] = [];
  for (const code of codes) {
    // A country behind a place of its own says nothing more.
    const before = named.at(-1);
    if (code !== before && !(code.length === 2 && before?.startsWith(code))) named.push(code);
  }
  return named;
}

export function goodsFacts(row: QueueRow, format: Format): string {
  const { hs, origin, value, currency, net_mass_kg } = row.goods;
  return [
    hs ? hs.replace(/^(\d{4})(\d{2}).*$/, '$1.$2') : null,
    origin,
    value != null && currency ? format.money(value, currency) : null,
    net_mass_kg != null ? format.mass(net_mass_kg) : null,
  ]
    .filter(Boolean)
    .join(' · ');
}

const Two = ({ one, two }: { one: ReactNode; two?: ReactNode }) => (
  <div className={styles.two}>
    <div>{one}</div>
    <div className={styles.second}>{two}</div>
  </div>
);

export const COLUMNS: Column[] = [
  {
    id: 'rank',
    width: 56,
    end: true,
    sort: 'rank',
    cell: ({ row, format }) => (
      <span className={styles.rank}>{row.rank == null ? '–' : format.count(row.rank)}</span>
    ),
  },
  {
    id: 'consignment',
    width: 140,
    cell: ({ row, q }) => (
      <Two
        one={
          <Link
            to="/consignments/$id"
            params={{ id: row.consignment }}
            tabIndex={-1}
            className={styles.link}
          >
            <Marked q={q} text={row.consignment} />
          </Link>
        }
        two={
          <>
            <Marked q={q} text={row.reference} /> <SinceTag amended={row.amended} />
          </>
        }
      />
    ),
  },
  {
    id: 'lane',
    width: 96,
    cell: ({ row, t }) => (
      <Two
        one={row.lane ? <Lane lane={row.lane} /> : '–'}
        two={
          row.outcome || row.decision ? (
            <StandingTag stands={row} />
          ) : row.drawn ? (
            row.modality && t(`modality.${row.modality}`)
          ) : (
            t('desk:standing.left')
          )
        }
      />
    ),
  },
  {
    id: 'score',
    width: 78,
    end: true,
    sort: 'score',
    cell: ({ row, format }) => {
      const range = intervalOf(row.p_irregular, row.se_irregular);
      return (
        <Two
          one={<strong>{row.p_irregular == null ? '–' : format.share(row.p_irregular)}</strong>}
          two={range ? rangeWords(range) : null}
        />
      );
    },
  },
  {
    id: 'chance',
    width: 78,
    end: true,
    sort: 'chance',
    cell: ({ row, t, format }) => (
      <Two
        one={row.chance == null ? '–' : format.share(row.chance)}
        two={row.channel && t(`channel.${row.channel}`)}
      />
    ),
  },
  {
    id: 'state',
    width: 112,
    hidden: true,
    cell: ({ row }) => <StandingTag stands={row} />,
  },
  {
    id: 'reasons',
    width: 164,
    grow: 3,
    cell: ({ row }) => (
      <div className={styles.reasons}>
        {row.reasons.slice(0, 2).map((reason) => (
          <ReasonSentence key={reason.feature} reason={reason} one />
        ))}
      </div>
    ),
  },
  {
    id: 'goods',
    width: 150,
    grow: 2,
    cell: ({ row, q, t, format }) => (
      <Two
        one={
          row.goods.description ? (
            <span title={row.goods.description}>
              <Marked q={q} text={row.goods.description} />
            </span>
          ) : (
            <span className="quiet">{t('desk:not_declared')}</span>
          )
        }
        two={goodsFacts(row, format)}
      />
    ),
  },
  {
    id: 'route',
    width: 120,
    aside: 1,
    cell: ({ row }) => {
      const codes = routeOf(row.route);
      return (
        <Two
          one={<span className="code">{codes.slice(0, 2).join(' → ')}</span>}
          two={
            codes.length > 2 ? <span className="code">→ {codes.slice(2).join(' → ')}</span> : null
          }
        />
      );
    },
  },
  {
    id: 'parties',
    width: 140,
    grow: 1,
    aside: 2,
    cell: ({ row, q, t }) =>
      row.consignor == null && row.consignee == null ? (
        <span className="quiet">{t('desk:not_shown')}</span>
      ) : (
        <Two
          one={<Marked q={q} text={row.consignor ?? ''} />}
          two={<Marked q={q} text={row.consignee ?? ''} />}
        />
      ),
  },
  {
    id: 'arrival',
    width: 96,
    sort: 'arrival',
    aside: 3,
    cell: ({ row, format }) => (
      <Two
        one={<time dateTime={row.arrived_at}>{format.time(row.arrived_at)}</time>}
        two={row.office}
      />
    ),
  },
  {
    id: 'value',
    width: 110,
    end: true,
    sort: 'value',
    hidden: true,
    cell: ({ row, format }) =>
      row.goods.value != null && row.goods.currency
        ? format.money(row.goods.value, row.goods.currency)
        : '–',
  },
  {
    id: 'minutes',
    width: 76,
    end: true,
    sort: 'minutes',
    hidden: true,
    cell: ({ row, format }) => (row.minutes == null ? '–' : format.minutes(row.minutes)),
  },
  {
    id: 'critical',
    width: 84,
    end: true,
    hidden: true,
    cell: ({ row, format }) => (row.p_critical == null ? '–' : format.share(row.p_critical)),
  },
];

export interface Choice {
  id: string;
  on: boolean;
}

const KEPT = 'sumun.queue.columns';
const FIXED = 'consignment';

/** The remembered choice, with new columns at their own place and unknown ones gone. */
export function choiceOf(kept: unknown): Choice[] {
  const known = new Map(COLUMNS.map((column) => [column.id, column]));
  const choice = (Array.isArray(kept) ? kept : []).filter(
    (one): one is Choice =>
      typeof one === 'object' && one !== null && known.has((one as Choice).id),
  );
  for (const [at, column] of COLUMNS.entries()) {
    if (!choice.some(({ id }) => id === column.id)) {
      choice.splice(Math.min(at, choice.length), 0, { id: column.id, on: !column.hidden });
    }
  }
  return choice.map(({ id, on }) => ({ id, on: on || id === FIXED }));
}

export function recallChoice(): Choice[] {
  try {
    return choiceOf(JSON.parse(localStorage.getItem(KEPT) ?? 'null'));
  } catch {
    return choiceOf(null);
  }
}

export function keepChoice(choice: Choice[]): void {
  localStorage.setItem(KEPT, JSON.stringify(choice));
}

export const isFixed = (id: string): boolean => id === FIXED;

/** The chosen columns that fit: beside a preview, what it shows itself steps aside as needed. */
export function shownOf(choice: Choice[], room: number, previewed: boolean): Column[] {
  const chosen = choice.flatMap(({ id, on }) => COLUMNS.find((one) => on && one.id === id) ?? []);
  if (!previewed) return chosen;
  const shown = [...chosen];
  const wide = () => shown.reduce((sum, { width }) => sum + width, 0);
  while (wide() > room) {
    const least = Math.max(...shown.map(({ aside }) => aside ?? 0));
    if (least === 0) break;
    shown.splice(
      shown.findIndex(({ aside }) => aside === least),
      1,
    );
  }
  return shown;
}
