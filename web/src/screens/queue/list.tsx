// The list itself: a grid of which only the rows in sight exist. A press on a row puts the officer
// there, and the preview follows; Enter or two presses open it. What has not come yet keeps its
// place as an empty row, so nothing jumps.
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueRow } from '@/api/desk';
import { useFormat } from '@/app/format';
import type { Column } from './columns';
import type { Filters, Sort } from './filters';
import type { Rows } from './pages';
import styles from './queue.module.css';

const ROW_PX = 52;
const HEAD_PX = 38;
const MARK_PX = 40;

export interface ListHandle {
  focus: () => void;
  reveal: (index: number) => void;
}

interface Props {
  ref: Ref<ListHandle>;
  label: string;
  rows: Rows;
  columns: Column[];
  filters: Filters;
  onSort: (sort: Sort) => void;
  current: number;
  onCurrent: (index: number) => void;
  selected: ReadonlySet<string>;
  onSelect: (row: QueueRow, index: number, range: boolean) => void;
  onSelectAll: () => void;
  allSelected: boolean;
  onOpen: (row: QueueRow) => void;
  scrolled: number;
  onScrolled: (pixels: number) => void;
  /** Which rows are in sight. */
  onRange: (from: number, to: number) => void;
}

export function QueueList(props: Props) {
  const { ref, rows, columns, filters, current, onCurrent, selected, onOpen, onRange } = props;
  const { t } = useTranslation('queue');
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    initialOffset: props.scrolled,
  });
  const visible = virtual.getVirtualItems();
  const from = visible[0]?.index ?? 0;
  const to = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    onRange(from, to);
  }, [from, to, onRange]);
  useImperativeHandle(
    ref,
    () => ({
      focus: () => scroller.current?.focus({ preventScroll: true }),
      // By hand, because every row has one height: the virtualizer would measure, and measuring
      // is what a held-down key must not wait for.
      reveal: (index) => {
        const grid = scroller.current;
        if (!grid) return;
        const [top, bottom] = [index * ROW_PX, (index + 1) * ROW_PX];
        const room = grid.clientHeight - HEAD_PX;
        if (top < grid.scrollTop) grid.scrollTop = top;
        else if (bottom > grid.scrollTop + room) grid.scrollTop = bottom - room;
      },
    }),
    [],
  );

  const hand = useRef<Hand['current']>({ select: props.onSelect, take: onCurrent, open: onOpen });
  hand.current = {
    select: props.onSelect,
    take: (index) => {
      onCurrent(index);
      scroller.current?.focus({ preventScroll: true });
    },
    open: onOpen,
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== event.currentTarget) return;
    const row = rows.at(current);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / ROW_PX) - 2);
    const moves = new Map<string, () => void>([
      ['ArrowDown', () => onCurrent(current + 1)],
      ['ArrowUp', () => onCurrent(current - 1)],
      ['PageDown', () => onCurrent(current + page)],
      ['PageUp', () => onCurrent(current - page)],
      ['Home', () => onCurrent(0)],
      ['End', () => onCurrent(rows.count - 1)],
      ['Enter', () => row && onOpen(row)],
      [' ', () => row && props.onSelect(row, current, event.shiftKey)],
    ]);
    const move = moves.get(event.key);
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };

  const columnsCss = [
    `${MARK_PX}px`,
    ...columns.map(({ width, grow }) => (grow ? `minmax(${width}px, ${grow}fr)` : `${width}px`)),
  ].join(' ');
  const least = columns.reduce((sum, { width }) => sum + width, MARK_PX);
  const style = { '--columns': columnsCss, '--least': `${least}px` } as CSSProperties;
  const inSight = current >= from && current <= to && rows.count > 0;
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={props.label}
      aria-rowcount={rows.count + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-activedescendant={inSight ? `${id}-${current}` : undefined}
      aria-busy={rows.isFetching}
      tabIndex={0}
      className={styles.scroller}
      style={style}
      onKeyDown={onKeyDown}
      onScroll={(event) => props.onScrolled(event.currentTarget.scrollTop)}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" aria-rowindex={1} tabIndex={-1} className={styles.row}>
          <div role="columnheader" tabIndex={-1} className={styles.mark}>
            <label className={styles.box}>
              <input
                type="checkbox"
                aria-label={t('select_all')}
                checked={props.allSelected}
                ref={(box) => {
                  if (box) box.indeterminate = !props.allSelected && selected.size > 0;
                }}
                onChange={props.onSelectAll}
              />
            </label>
          </div>
          {columns.map((column) => (
            <Head key={column.id} column={column} filters={filters} onSort={props.onSort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {visible.map(({ index, start }) => {
          const row = rows.at(index);
          return row ? (
            <Row
              key={index}
              id={`${id}-${index}`}
              row={row}
              index={index}
              start={start}
              columns={columns}
              q={filters.q ?? ''}
              chosen={selected.has(row.consignment)}
              current={index === current}
              hand={hand}
            />
          ) : (
            <Ghost key={index} index={index} start={start} />
          );
        })}
      </div>
    </div>
  );
}

/** What a row can ask for. It stays the same object, so that rows in sight are not drawn anew. */
interface Hand {
  current: {
    select: (row: QueueRow, index: number, range: boolean) => void;
    take: (index: number) => void;
    open: (row: QueueRow) => void;
  };
}

interface RowProps {
  id: string;
  row: QueueRow;
  index: number;
  start: number;
  columns: Column[];
  q: string;
  chosen: boolean;
  current: boolean;
  hand: Hand;
}

const Row = memo(function Row(props: RowProps) {
  const { id, row, index, start, columns, q, chosen, current, hand } = props;
  const { t } = useTranslation('queue');
  const { t: desk } = useTranslation('desk');
  const format = useFormat();
  return (
    // The grid around takes the keys, as the pattern of a grid asks.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div
      id={id}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={chosen}
      aria-current={current || undefined}
      data-left={(!row.drawn && !row.decision) || undefined}
      className={styles.row}
      style={{ transform: `translateY(${start}px)` }}
      onClick={(event: MouseEvent) => {
        if ((event.target as HTMLElement).closest('a, button, input, label')) return;
        if (event.shiftKey) hand.current.select(row, index, true);
        hand.current.take(index);
      }}
      onDoubleClick={() => hand.current.open(row)}
    >
      <div className={styles.mark} role="gridcell" tabIndex={-1}>
        <label className={styles.box}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={t('select', { id: row.consignment })}
            checked={chosen}
            onChange={() => hand.current.select(row, index, false)}
          />
        </label>
      </div>
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          tabIndex={-1}
          className={column.end ? styles.endCell : styles.cell}
        >
          {column.cell({ row, q, t: desk, format })}
        </div>
      ))}
    </div>
  );
});

/** The place of a row that has not come yet. */
function Ghost({ index, start }: { index: number; start: number }) {
  const { t } = useTranslation('queue');
  return (
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      className={styles.row}
      style={{ transform: `translateY(${start}px)` }}
    >
      <div role="gridcell" tabIndex={-1} className={styles.mark} />
      <div role="gridcell" tabIndex={-1} className={styles.ghost}>
        <span className="visually-hidden">{t('row_coming')}</span>
      </div>
    </div>
  );
}

interface HeadProps {
  column: Column;
  filters: Filters;
  onSort: (sort: Sort) => void;
}

function Head({ column, filters, onSort }: HeadProps) {
  const { t } = useTranslation('queue');
  const { sort } = column;
  const on = sort !== undefined && (filters.sort ?? 'rank') === sort;
  const Icon = filters.descending ? IconArrowDown : IconArrowUp;
  const said = t(`column.${column.id}`);
  return (
    <div
      role="columnheader"
      tabIndex={-1}
      aria-sort={on ? (filters.descending ? 'descending' : 'ascending') : undefined}
      className={column.end ? styles.endCell : styles.cell}
    >
      {sort ? (
        <button type="button" className={styles.sort} onClick={() => onSort(sort)}>
          {said}
          {on && <Icon size={14} aria-hidden />}
        </button>
      ) : (
        said
      )}
    </div>
  );
}
