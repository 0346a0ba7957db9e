// The queue: the ranked list that an officer works through. The address holds what it is narrowed
// to; this file holds where the officer is, what is marked, and what each key does. The list is in
// `list.tsx`, its pages in `pages.ts`, decisions in `parts/decide`.
import { ActionIcon, Button, Kbd, NativeSelect, Tooltip } from '@mantine/core';
import { useElementSize, useMediaQuery } from '@mantine/hooks';
import {
  IconDownload,
  IconKeyboard,
  IconLayoutSidebarRight,
  IconPrinter,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newId } from '@/api/client';
import type { Act, QueueRow } from '@/api/desk';
import { useFormat } from '@/app/format';
import { type Key, useKeys } from '@/app/keys';
import { useOffice } from '@/app/office';
import { useMay } from '@/app/session';
import { toast } from '@/app/toasts';
import { DecideDialog, type Wish } from '@/parts/decide/decide-dialog';
import {
  ACT_KEYS,
  ACTS,
  type Decided,
  type Order,
  overrideOf,
  useCodes,
  useDecide,
} from '@/parts/decide/decisions';
import { Page } from '@/parts/page';
import { Empty, Failed, Loading } from '@/parts/states';
import { inOrder, nextShift } from '../today/progress';
import { todayQuery } from '../today/queries';
import { type Choice, keepChoice, recallChoice, shownOf } from './columns';
import { ColumnsMenu } from './columns-menu';
import { ExportDialog } from './export-dialog';
import { FilterBar } from './filter-bar';
import { type Filters, keyOf, readFilters, type Sort, without } from './filters';
import { type ListHandle, QueueList } from './list';
import { placeOf, sightOf, useRows } from './pages';
import { Preview } from './preview';
import styles from './queue.module.css';
import { Summary } from './summary';
import { Views } from './views';

/** As many as one request decides. */
const MOST = 1000;
const MARK_PX = 40;
const PREVIEW_KEPT = 'sumun.queue.preview';

export default function Queue() {
  const { t } = useTranslation(['queue', 'desk', 'parts']);
  const format = useFormat();
  const may = useMay();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const { office } = useOffice();
  const inAddress = useMemo(() => readFilters(search), [search]);
  const { data: today } = useQuery(todayQuery(office));
  const whole = keyOf(without(without(inAddress, 'q'), 'plan')) === '[]';

  const setFilters = useCallback(
    (filters: Filters) => {
      void navigate({ to: '/queue', search: filters as never, replace: true });
    },
    [navigate],
  );

  // Nothing chosen yet: the shift that Today says to go on with, so that the list is a list of work
  // and not of everything.
  const first = useMemo(() => {
    const shifts = today?.shifts ?? [];
    return (nextShift(shifts) ?? inOrder(shifts)[0])?.plan;
  }, [today]);
  const bare = keyOf(inAddress) === '[]';
  useEffect(() => {
    if (bare && first) setFilters({ plan: first });
  }, [bare, first, setFilters]);

  // The office in the bar above holds unless the address names a plan or an office itself.
  const filters = useMemo<Filters>(
    () => (office && !inAddress.plan && !inAddress.office ? { ...inAddress, office } : inAddress),
    [inAddress, office],
  );
  const key = keyOf(filters);
  const place = placeOf(key);
  const [sight, setSight] = useState('0');
  const [current, setCurrent] = useState(place.current);
  const [before, setBefore] = useState(key);
  if (before !== key) {
    setBefore(key);
    setCurrent(place.current);
    setSight('0');
  }
  const rows = useRows(filters, sight, current);
  const onRange = useCallback((from: number, to: number) => setSight(sightOf(from, to)), []);

  const [selected, setSelected] = useState<ReadonlyMap<string, QueueRow>>(new Map());
  const selectedIds = useMemo(() => new Set(selected.keys()), [selected]);
  const anchor = useRef(0);
  const list = useRef<ListHandle>(null);
  const field = useRef<HTMLInputElement>(null);
  const [wish, setWish] = useState<Wish | null>(null);
  const [result, setResult] = useState<{ decided: Decided; order: Order } | null>(null);
  const [exporting, setExporting] = useState(false);
  const decide = useDecide();
  const mayDecide = may('decide');
  useCodes();

  const wide = useMediaQuery('(min-width: 78rem)', true, { getInitialValueInEffect: false });
  const [wished, setWished] = useState(() => localStorage.getItem(PREVIEW_KEPT));
  const previewed = wished === null ? wide : wished === 'on' && wide;
  const togglePreview = useCallback(() => {
    const next = previewed ? 'off' : 'on';
    localStorage.setItem(PREVIEW_KEPT, next);
    setWished(next);
  }, [previewed]);
  const toList = useCallback(() => list.current?.focus(), []);
  const shift = today?.shifts.find(({ plan }) => plan === filters.plan);
  const { ref: tableRef, width } = useElementSize();
  const [choice, setChoice] = useState<Choice[]>(recallChoice);
  const columns = useMemo(
    () => shownOf(choice, width - MARK_PX - 2, previewed),
    [choice, width, previewed],
  );

  const row = rows.at(current);
  const ready = rows.count > 0;
  useEffect(() => {
    if (ready) list.current?.focus();
  }, [ready]);

  const goTo = (index: number) => {
    const to = Math.max(0, Math.min(rows.count - 1, index));
    place.current = to;
    setCurrent(to);
    list.current?.reveal(to);
  };
  const open = (one: QueueRow) =>
    void navigate({ to: '/consignments/$id', params: { id: one.consignment } });
  const select = (one: QueueRow, index: number, ranged: boolean) => {
    const next = new Map(selected);
    if (ranged) {
      const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
      for (let at = from; at <= to; at += 1) {
        const between = rows.at(at);
        if (between) next.set(between.consignment, between);
      }
    } else if (!next.delete(one.consignment)) next.set(one.consignment, one);
    anchor.current = index;
    if (next.size > MOST) return toast.note(t('queue:most', { count: MOST }));
    setSelected(next);
  };
  const loaded = rows.loaded;
  const allSelected = loaded.length > 0 && loaded.every((one) => selected.has(one.consignment));
  const selectAll = () => {
    if (allSelected) return setSelected(new Map());
    setSelected(new Map(loaded.slice(0, MOST).map((one) => [one.consignment, one])));
    if (loaded.length > MOST) toast.note(t('queue:most', { count: MOST }));
  };

  const subjects = selected.size > 0 ? [...selected.values()] : row ? [row] : [];
  const leaveDialog = () => {
    setWish(null);
    list.current?.focus();
  };
  const undo = async (decisions: { consignment: string; id: string }[]) => {
    const one = decisions.length === 1 ? decisions[0] : undefined;
    try {
      const order: Order = {
        id: newId(),
        act: 'undo',
        consignments: decisions.map(({ consignment }) => consignment),
        reason_code: 'mistake',
        reason: '',
        ...(one ? { undoes: one.id } : {}),
      };
      const decided = await decide(order);
      done(decided, order);
    } catch (error) {
      toast.failed(error);
    }
  };
  const done = (decided: Decided, order: Order) => {
    if (order.consignments.length > 1 || decided.refused.length > 0) {
      setResult({ decided, order });
    } else {
      setResult(null);
      const said = t(`queue:summary.done_${order.act}`, { count: decided.decisions.length });
      if (order.act === 'undo' || !decided.decisions.some(({ undoable }) => undoable)) {
        toast.done(said);
      } else toast.undoable(said, () => undo(decided.decisions));
    }
    const refused = new Set(decided.refused.map(({ consignment }) => consignment));
    setSelected(new Map([...selected].filter(([id]) => refused.has(id))));
    list.current?.focus();
    if (order.consignments.length === 1 && order.act !== 'undo' && decided.refused.length === 0) {
      goTo(current + 1);
    }
  };
  const act = (what: Act, against = false) => {
    if (!mayDecide || subjects.length === 0) return;
    if (what === 'undo') {
      const made = subjects.flatMap(({ consignment, decision }) =>
        decision?.undoable ? [{ consignment, id: decision.id }] : [],
      );
      if (made.length === 0) return toast.note(t('queue:nothing_to_undo'));
      return void undo(made);
    }
    const [one] = subjects;
    const about =
      subjects.length === 1 && one
        ? `${one.consignment} · ${one.goods.description || one.reference}`
        : t('queue:chosen', { count: subjects.length });
    setWish({
      act: what,
      consignments: subjects.map(({ consignment }) => consignment),
      about,
      against,
      ...(one?.modality && subjects.every(({ modality }) => modality === one.modality)
        ? { modality: one.modality }
        : {}),
    });
  };

  const keys: Key[] = [
    { keys: 'j', said: t('queue:key.next'), act: () => goTo(current + 1) },
    { keys: 'k', said: t('queue:key.previous'), act: () => goTo(current - 1) },
    { keys: 'Enter', said: t('queue:key.open') },
    {
      keys: 'x',
      said: t('queue:key.select'),
      act: () => row && select(row, current, false),
    },
    {
      keys: 'shift+x',
      said: t('queue:key.select_to'),
      act: () => row && select(row, current, true),
    },
    ...ACTS.map((what) => ({
      keys: ACT_KEYS[what],
      said: t(`desk:act.${what}`),
      act: () => act(what),
    })),
    {
      keys: 'o',
      said: t('queue:key.override'),
      act: () => row && act(overrideOf(row), true),
    },
    { keys: 'u', said: t('desk:act.undo'), act: () => act('undo') },
    { keys: 'p', said: t('queue:key.preview'), act: togglePreview },
    { keys: '/', said: t('queue:key.search'), act: () => field.current?.select() },
    {
      keys: 'Escape',
      said: t('queue:key.clear'),
      act: () => {
        setSelected(new Map());
        setResult(null);
        list.current?.focus();
      },
    },
  ];
  useKeys('queue', keys);

  // A key pressed moves one row: the bar above has no part in that.
  const toolbar = useMemo(
    () => (
      <FilterBar ref={field} filters={inAddress} onChange={setFilters} onLeave={toList}>
        <NativeSelect
          aria-label={t('queue:shift')}
          value={filters.plan ?? ''}
          onChange={(event) => {
            const plan = event.currentTarget.value;
            const rest = without(without(inAddress, 'plan'), 'day');
            setFilters(
              plan ? { ...rest, plan } : { ...rest, ...(today ? { day: today.day } : {}) },
            );
          }}
          data={[
            { value: '', label: t('queue:shift_all') },
            ...(filters.plan && !shift ? [{ value: filters.plan, label: filters.plan }] : []),
            ...(today?.shifts ?? []).map((one) => ({
              value: one.plan,
              label: `${one.office} · ${t(`desk:regime.${one.regime}`)} · ${one.shift}`,
            })),
          ]}
        />
        <Views filters={inAddress} open={setFilters} />
        <span className={styles.spacer} />
        <ColumnsMenu
          choice={choice}
          onChange={(next) => {
            setChoice(next);
            keepChoice(next);
          }}
        />
        {wide && (
          <Tooltip label={t('queue:key.preview')}>
            <ActionIcon
              variant={previewed ? 'filled' : 'default'}
              size={36}
              aria-label={t('queue:key.preview')}
              aria-pressed={previewed}
              onClick={togglePreview}
            >
              <IconLayoutSidebarRight size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        )}
      </FilterBar>
    ),
    [
      inAddress,
      filters.plan,
      setFilters,
      toList,
      today,
      shift,
      choice,
      wide,
      previewed,
      togglePreview,
      t,
    ],
  );

  const sort = (by: Sort) => {
    const same = (filters.sort ?? 'rank') === by;
    // What officers look for in a figure is the largest; in a rank the first.
    const descending = same ? !filters.descending : by !== 'rank' && by !== 'arrival';
    setFilters({ ...inAddress, sort: by, descending });
  };
  return (
    <Page
      fills
      title={t('queue:title')}
      help={<p>{t('queue:help')}</p>}
      about={
        shift
          ? t('queue:about', {
              office: shift.office,
              shift: shift.shift,
              regime: t(`desk:regime.${shift.regime}`),
              done: format.count(shift.done),
              drawn: format.count(shift.drawn),
              candidates: format.count(shift.candidates),
            })
          : t('queue:about_all')
      }
      actions={
        filters.plan &&
        may('ask_export') && (
          <>
            <Button
              variant="default"
              leftSection={<IconDownload size={18} aria-hidden />}
              onClick={() => setExporting(true)}
            >
              {t('parts:export')}
            </Button>
            <Button
              variant="default"
              leftSection={<IconPrinter size={18} aria-hidden />}
              onClick={() =>
                void navigate({
                  href: `/queue/print?plan=${encodeURIComponent(filters.plan ?? '')}`,
                })
              }
            >
              {t('queue:print.label')}
            </Button>
          </>
        )
      }
    >
      {toolbar}
      {result && (
        <Summary
          result={result}
          onUndo={() => void undo(result.decided.decisions)}
          onClose={() => setResult(null)}
        />
      )}
      <div className={styles.work} data-preview={previewed || undefined}>
        <div className={styles.table} ref={tableRef}>
          {rows.error ? (
            <div className={styles.nothing}>
              <Failed error={rows.error} again={rows.refetch} />
            </div>
          ) : rows.isPending ? (
            <div className={styles.nothing}>
              <Loading />
            </div>
          ) : rows.count === 0 ? (
            <div className={styles.nothing}>
              <Empty
                title={t(whole && !filters.q ? 'queue:empty.none' : 'queue:empty.filtered')}
                {...(bare
                  ? {}
                  : { action: { said: t('parts:filters.clear'), act: () => setFilters({}) } })}
              >
                {t(whole && !filters.q ? 'queue:empty.none_why' : 'queue:empty.filtered_why')}
              </Empty>
            </div>
          ) : (
            <QueueList
              key={key}
              ref={list}
              label={t('queue:title')}
              rows={rows}
              columns={columns}
              filters={filters}
              onSort={sort}
              current={current}
              onCurrent={goTo}
              selected={selectedIds}
              onSelect={select}
              onSelectAll={selectAll}
              allSelected={allSelected}
              onOpen={open}
              scrolled={place.scrolled}
              onScrolled={(pixels) => {
                place.scrolled = pixels;
              }}
              onRange={onRange}
            />
          )}
          {selected.size > 0 && mayDecide && (
            <div className={styles.bulk} role="toolbar" aria-label={t('queue:bulk')}>
              <strong>{t('queue:chosen', { count: selected.size })}</strong>
              {ACTS.map((what) => (
                <Button
                  key={what}
                  size="compact-sm"
                  variant="default"
                  rightSection={<Kbd size="xs">{ACT_KEYS[what]}</Kbd>}
                  onClick={() => act(what)}
                >
                  {t(`desk:act.${what}`)}
                </Button>
              ))}
              <Button size="compact-sm" variant="subtle" onClick={() => setSelected(new Map())}>
                {t('queue:unselect')}
              </Button>
            </div>
          )}
          <div className={styles.foot}>
            <span role="status">
              {ready
                ? t('queue:position', {
                    at: format.count(current + 1),
                    count: format.count(rows.total ?? rows.count),
                  })
                : ''}
            </span>
            <span className={styles.spacer} />
            <span className={styles.hint}>
              <IconKeyboard size={15} aria-hidden /> <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd>{' '}
              {t('queue:hint.move')} <Kbd size="xs">Enter</Kbd> {t('queue:hint.open')}{' '}
              <Kbd size="xs">?</Kbd> {t('queue:hint.all')}
            </span>
          </div>
        </div>
        {previewed && (
          <Preview
            row={row}
            q={filters.q ?? ''}
            mayDecide={mayDecide}
            onAct={(what) => act(what)}
          />
        )}
      </div>
      {wish && <DecideDialog wish={wish} onClose={leaveDialog} onDecided={done} />}
      {exporting && filters.plan && (
        <ExportDialog plan={filters.plan} onClose={() => setExporting(false)} />
      )}
    </Page>
  );
}
