// A list of any length that stays smooth: only the rows in sight exist. It is worked by keyboard
// (j/k or arrows, Enter, Space to mark), remembers its columns and where the officer was, and is a
// grid to a screen reader, with every row's true number.
import { ActionIcon, Checkbox, Menu } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../states';
import { type Memory, recall, remember } from './memory';
import styles from './table.module.css';

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Pixels, or a share of what is left (`'2fr'`, with the least pixels in `min`). */
  width: number | `${number}fr`;
  min?: number;
  align?: 'end';
  /** The field to sort by; none when the column cannot be sorted. */
  sort?: string;
  /** Begins hidden. */
  hidden?: boolean;
  /** Cannot be hidden. */
  fixed?: boolean;
}

export interface Sort {
  by: string;
  descending: boolean;
}

export interface TableProps<Row> {
  /** Under which columns and place are remembered. */
  name: string;
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowId: (row: Row) => string;
  /** How many there are on the server, when more than are here. */
  total?: number | undefined;
  /** Fetches the next ones; asked when the end comes near. */
  more?: (() => void) | undefined;
  loadingMore?: boolean;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  /** Enter, or a press on the row. */
  onOpen?: (row: Row) => void;
  /** Keys of the screen's own, by `KeyboardEvent.key`, for the row that has the focus. */
  onKey?: (key: string, row: Row) => boolean;
  marked?: ReadonlySet<string>;
  onMark?: (marked: Set<string>) => void;
  rowHeight?: number;
  /** Shown to the left above the head, beside the choice of columns. */
  toolbar?: ReactNode;
  /** A tone for the whole row. */
  rowTone?: (row: Row) => 'bad' | 'warn' | 'good' | 'quiet' | undefined;
  /** Shown when there are no rows. */
  empty?: ReactNode;
}

/** Ask for more when this many rows or fewer are left below. */
const AHEAD = 40;

export function DataTable<Row>(props: TableProps<Row>) {
  const { t } = useTranslation('parts');
  const { name, columns, rows, rowId, total, more, loadingMore, sort, marked, onMark } = props;
  const { onOpen, onKey, rowHeight = 40, rowTone } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [memory, setMemory] = useState<Memory>(() => recall(name));
  const [current, setCurrent] = useState(0);
  const change = (next: Partial<Memory>) => {
    const whole = { ...memory, ...next };
    setMemory(whole);
    remember(name, whole);
  };

  const shown = useMemo(
    () => columns.filter((column) => column.fixed || (memory.shown?.[column.id] ?? !column.hidden)),
    [columns, memory.shown],
  );
  const template = [
    ...(onMark ? ['44px'] : []),
    ...shown.map(({ width, min = 80 }) =>
      typeof width === 'number' ? `${width}px` : `minmax(${min}px, ${width})`,
    ),
  ].join(' ');
  const least = shown.reduce(
    (sum, { width, min = 80 }) => sum + (typeof width === 'number' ? width : min),
    onMark ? 44 : 0,
  );

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const visible = virtual.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !loadingMore && last >= rows.length - AHEAD) more();
  }, [more, loadingMore, last, rows.length]);

  // Coming back to a list, the officer is where they were.
  const placed = useRef(false);
  useEffect(() => {
    if (placed.current || rows.length === 0) return;
    placed.current = true;
    const at = rows.findIndex((row) => rowId(row) === memory.place);
    if (at > 0) {
      setCurrent(at);
      virtual.scrollToIndex(at, { align: 'center' });
    }
  }, [rows, rowId, memory.place, virtual]);

  const goTo = (index: number) => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    setCurrent(to);
    virtual.scrollToIndex(to);
    const row = rows[to];
    if (row !== undefined) remember(name, { ...memory, place: rowId(row) });
  };
  const mark = (row: Row) => {
    if (!onMark) return;
    const next = new Set(marked);
    const key = rowId(row);
    if (!next.delete(key)) next.add(key);
    onMark(next);
  };
  const page = () =>
    Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / rowHeight) - 2);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== event.currentTarget) return;
    const row = rows[current];
    // With a Korean keyboard on, j and k arrive as jamo.
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase() ?? event.key;
    const moves = new Map([
      ['j', () => goTo(current + 1)],
      ['k', () => goTo(current - 1)],
      ['ArrowDown', () => goTo(current + 1)],
      ['ArrowUp', () => goTo(current - 1)],
      ['PageDown', () => goTo(current + page())],
      ['PageUp', () => goTo(current - page())],
      ['Home', () => goTo(0)],
      ['End', () => goTo(rows.length - 1)],
    ]);
    if (row !== undefined) {
      moves.set('Enter', () => onOpen?.(row));
      moves.set(' ', () => mark(row));
      moves.set('x', () => mark(row));
    }
    const move = event.shiftKey ? undefined : moves.get(letter);
    if (move) {
      event.preventDefault();
      move();
    } else if (row !== undefined && onKey?.(letter, row)) {
      event.preventDefault();
    }
  };

  const every =
    rows.length > 0 && marked !== undefined && rows.every((row) => marked.has(rowId(row)));
  const style = { '--columns': template, '--least': `${least}px` } as CSSProperties;
  const active = visible.some(({ index }) => index === current) ? `${id}-${current}` : undefined;
  return (
    <div className={styles.table} style={style}>
      <div className={`${styles.toolbar} unprinted`}>
        <div className={styles.tools}>{props.toolbar}</div>
        <span className="quiet" role="status">
          {t('table.count', { count: total ?? rows.length })}
        </span>
        <Menu closeOnItemClick={false} position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size="lg" aria-label={t('table.columns')}>
              <IconColumns3 size={18} stroke={1.6} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {columns
              .filter(({ fixed }) => !fixed)
              .map((column) => {
                const on = shown.includes(column);
                return (
                  <Menu.Item
                    key={column.id}
                    role="menuitemcheckbox"
                    aria-checked={on}
                    onClick={() => change({ shown: { ...memory.shown, [column.id]: !on } })}
                  >
                    <span aria-hidden className={styles.tick}>
                      {on ? '✓' : ''}
                    </span>
                    {column.header}
                  </Menu.Item>
                );
              })}
          </Menu.Dropdown>
        </Menu>
      </div>
      <div
        ref={scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={(total ?? rows.length) + 1}
        aria-colcount={shown.length + (onMark ? 1 : 0)}
        aria-multiselectable={onMark ? true : undefined}
        aria-activedescendant={active}
        aria-busy={loadingMore}
        data-empty={rows.length === 0 || undefined}
        tabIndex={0}
        className={styles.scroller}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" className={styles.head}>
          <div role="row" aria-rowindex={1} tabIndex={-1} className={styles.row}>
            {onMark && (
              <div role="columnheader" tabIndex={-1} className={styles.mark}>
                <Checkbox
                  size="sm"
                  aria-label={t('table.mark_all')}
                  checked={every}
                  indeterminate={!every && (marked?.size ?? 0) > 0}
                  onChange={() => onMark(every ? new Set() : new Set(rows.map(rowId)))}
                />
              </div>
            )}
            {shown.map((column) => (
              <Header key={column.id} column={column} sort={sort} onSort={props.onSort} />
            ))}
          </div>
        </div>
        {rows.length > 0 && (
          <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
            {visible.map(({ index, start, size }) => {
              const row = rows[index];
              if (row === undefined) return null;
              const key = rowId(row);
              const chosen = marked?.has(key) ?? false;
              return (
                // The grid around takes the keys, as the pattern of a grid asks.
                // biome-ignore lint/a11y/useKeyWithClickEvents: see above
                <div
                  key={key}
                  id={`${id}-${index}`}
                  role="row"
                  tabIndex={-1}
                  aria-rowindex={index + 2}
                  aria-selected={onMark ? chosen : undefined}
                  data-current={index === current || undefined}
                  data-tone={rowTone?.(row)}
                  data-open={onOpen ? true : undefined}
                  className={styles.row}
                  style={{ transform: `translateY(${start}px)`, height: size }}
                  onClick={(event) => {
                    if ((event.target as HTMLElement).closest('a, button, input, label')) return;
                    goTo(index);
                    onOpen?.(row);
                  }}
                >
                  {onMark && (
                    <div role="gridcell" tabIndex={-1} className={styles.mark}>
                      <Checkbox
                        size="sm"
                        tabIndex={-1}
                        aria-label={t('table.mark', { row: key })}
                        checked={chosen}
                        onChange={() => mark(row)}
                      />
                    </div>
                  )}
                  {shown.map((column) => (
                    <div
                      key={column.id}
                      role="gridcell"
                      tabIndex={-1}
                      className={column.align === 'end' ? styles.endCell : styles.cell}
                    >
                      {column.cell(row)}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        )}
      </div>
      {rows.length === 0 && !loadingMore && props.empty}
      {loadingMore && <Loading />}
    </div>
  );
}

interface HeaderProps<Row> {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}

function Header<Row>({ column, sort, onSort }: HeaderProps<Row>) {
  const { sort: by } = column;
  const on = by !== undefined && sort?.by === by;
  const Icon = sort?.descending ? IconArrowDown : IconArrowUp;
  return (
    <div
      role="columnheader"
      tabIndex={-1}
      aria-sort={on ? (sort.descending ? 'descending' : 'ascending') : undefined}
      className={column.align === 'end' ? styles.endCell : styles.cell}
    >
      {by !== undefined && onSort ? (
        <button
          type="button"
          className={styles.sort}
          onClick={() => onSort({ by, descending: on ? !sort.descending : false })}
        >
          {column.header}
          {on && <Icon size={14} aria-hidden />}
        </button>
      ) : (
        column.header
      )}
    </div>
  );
}
