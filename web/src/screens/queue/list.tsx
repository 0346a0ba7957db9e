// The list itself: a grid of which only the rows in sight exist. A press on a row puts the officer
// there, and the preview follows; Enter or two presses open it. What has not come yet keeps its
// place as an empty row, so nothing jumps.
import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
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

export const ROW_PX = 52;
const MARK_PX = 44;

export interface ListHandle {
  focus: () => void;
  reveal: (index: number) => void;
  page: () => number;
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
  const { t: desk } = useTranslation('desk');
  const format = useFormat();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    scrollPaddingStart: 40,
    initialOffset: props.scrolled,
  });
  const visible = virtual.getVirtualItems();
  const from = visible[0]?.index ?? 0;
  const to = visible.at(-1)?.index ?? 0;
  useEffect(() => onRange(from, to), [from, to, onRange]);
  useImperativeHandle(
    ref,
    () => ({
      focus: () => scroller.current?.focus({ preventScroll: true }),
      reveal: (index) => virtual.scrollToIndex(index),
      page: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / ROW_PX) - 2),
    }),
    [virtual],
  );

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
            <Checkbox
              size="sm"
              aria-label={t('select_all')}
              checked={props.allSelected}
              indeterminate={!props.allSelected && selected.size > 0}
              onChange={props.onSelectAll}
            />
          </div>
          {columns.map((column) => (
            <Head key={column.id} column={column} filters={filters} onSort={props.onSort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {visible.map(({ index, start }) => {
          const row = rows.at(index);
          const at = { transform: `translateY(${start}px)` };
          if (!row) {
            return (
              <div
                key={index}
                role="row"
                aria-rowindex={index + 2}
                className={styles.row}
                style={at}
              >
                <div role="gridcell" tabIndex={-1} className={styles.mark} />
                <div role="gridcell" tabIndex={-1} className={styles.ghost}>
                  <span className="visually-hidden">{t('row_coming')}</span>
                </div>
              </div>
            );
          }
          const chosen = selected.has(row.consignment);
          return (
            // The grid around takes the keys, as the pattern of a grid asks.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            <div
              key={index}
              id={`${id}-${index}`}
              role="row"
              tabIndex={-1}
              aria-rowindex={index + 2}
              aria-selected={chosen}
              aria-current={index === current || undefined}
              data-left={(!row.drawn && !row.decision) || undefined}
              className={styles.row}
              style={at}
              onClick={(event: MouseEvent) => {
                if ((event.target as HTMLElement).closest('a, button, input, label')) return;
                if (event.shiftKey) props.onSelect(row, index, true);
                onCurrent(index);
                scroller.current?.focus({ preventScroll: true });
              }}
              onDoubleClick={() => onOpen(row)}
            >
              <div className={styles.mark} role="gridcell" tabIndex={-1}>
                <Checkbox
                  size="sm"
                  tabIndex={-1}
                  aria-label={t('select', { id: row.consignment })}
                  checked={chosen}
                  onChange={() => props.onSelect(row, index, false)}
                />
              </div>
              {columns.map((column) => (
                <div
                  key={column.id}
                  role="gridcell"
                  tabIndex={-1}
                  className={column.end ? styles.endCell : styles.cell}
                >
                  {column.cell({ row, q: filters.q ?? '', t: desk, format })}
                </div>
              ))}
            </div>
          );
        })}
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
