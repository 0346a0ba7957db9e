// The list of the shift as it is walked: how far it has come, finding by scan or number, and every
// consignment with where it stands.
import { NativeSelect, Progress, TextInput } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBarcode,
  IconChevronRight,
  IconCloudUp,
  IconSearch,
  IconX,
} from '@tabler/icons-react';
import { type FormEvent, lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { toast } from '@/app/toasts';
import { SinceTag } from '@/parts/decide/since';
import { Empty } from '@/parts/states';
import { Tag } from '@/parts/tag';
import { find, makeWedge } from './find';
import styles from './inspections.module.css';
import { progressOf, standOf } from './item-state';
import { Modalities, OutcomeTag } from './outcome-words';
import type { Entry, Item, Shift } from './shapes';

const Scanner = lazy(() => import('./scanner'));

interface Props {
  shift: Shift;
  items: Item[];
  chosen: string | null;
  entries: Entry[];
  choose: (consignment: string) => void;
  change: (change: { day?: string; shift?: string }) => void;
}

export function List({ shift, items, chosen, entries, choose, change }: Props) {
  const { t } = useTranslation('inspections');
  const format = useFormat();
  const [typed, setTyped] = useState('');
  const [scanning, setScanning] = useState(false);
  const found = find(items, typed);
  const progress = progressOf(items, entries);

  const take = (code: string) => {
    const matches = find(items, code);
    const [only] = matches;
    if (matches.length === 1 && only) {
      setTyped('');
      choose(only.consignment);
      return;
    }
    setTyped(code);
    if (matches.length === 0) toast.note(t('find.nothing', { code }));
  };
  useWedge(take);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim()) take(typed);
  };
  return (
    <section className={styles.list} aria-label={t('list')}>
      <div className={styles.listHead}>
        <div className={styles.shiftLine}>
          <strong>{shift.office}</strong>
          <TextInput
            type="date"
            aria-label={t('shift.day_of')}
            value={shift.day}
            onChange={(event) => {
              const day = event.currentTarget.value;
              if (day) change({ day });
            }}
          />
          {shift.shifts.length > 1 && (
            <NativeSelect
              aria-label={t('shift.choose')}
              value={shift.shift ?? ''}
              onChange={(event) => change({ shift: event.currentTarget.value })}
              data={shift.shifts.map((name) => ({
                value: name,
                label: t(`shift.${name}`, { defaultValue: name }),
              }))}
            />
          )}
        </div>
        <div>
          <div className={styles.progressWords}>
            <span>
              {t('progress.done', { done: progress.done, all: progress.all })}
              {progress.finds > 0 && ` · ${t('progress.finds', { count: progress.finds })}`}
            </span>
            <span className="quiet">
              {t('progress.left', { minutes: format.minutes(progress.minutes_left) })}
            </span>
          </div>
          <Progress
            aria-label={t('progress.label')}
            value={progress.all === 0 ? 0 : (100 * progress.done) / progress.all}
            size="lg"
          />
        </div>
        <form className={styles.find} role="search" onSubmit={submit}>
          <TextInput
            id="dock-find"
            className={styles.findField ?? ''}
            aria-label={t('find.label')}
            placeholder={t('find.placeholder')}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            leftSection={<IconSearch size={22} aria-hidden />}
            autoComplete="off"
            autoCapitalize="characters"
            enterKeyHint="search"
          />
          {typed && (
            <button
              type="button"
              className={styles.square}
              aria-label={t('find.clear')}
              onClick={() => setTyped('')}
            >
              <IconX size={24} aria-hidden />
            </button>
          )}
          <button
            type="button"
            className={styles.square}
            aria-label={t('scan.open')}
            onClick={() => setScanning(true)}
          >
            <IconBarcode size={28} aria-hidden />
          </button>
        </form>
      </div>
      {!shift.released ? (
        <Empty title={t('unreleased.title')}>
          {shift.released_at
            ? t('unreleased.at', { time: format.time(shift.released_at) })
            : t('unreleased.next')}
        </Empty>
      ) : items.length === 0 ? (
        <Empty title={t('empty.title')}>{t('empty.next')}</Empty>
      ) : found.length === 0 ? (
        <Empty title={t('find.none')} action={{ said: t('find.all'), act: () => setTyped('') }}>
          {t('find.none_next')}
        </Empty>
      ) : (
        <ol className={styles.rows}>
          {found.map((item) => (
            <Row
              key={item.consignment}
              item={item}
              entries={entries}
              chosen={item.consignment === chosen}
              choose={choose}
            />
          ))}
        </ol>
      )}
      {scanning && (
        <Suspense fallback={null}>
          <Scanner
            onClose={() => setScanning(false)}
            onCode={(code) => {
              setScanning(false);
              take(code);
            }}
          />
        </Suspense>
      )}
    </section>
  );
}

interface RowProps {
  item: Item;
  entries: Entry[];
  chosen: boolean;
  choose: (consignment: string) => void;
}

function Row({ item, entries, chosen, choose }: RowProps) {
  const { t } = useTranslation('inspections');
  const format = useFormat();
  const stand = standOf(item, entries);
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        data-stand={stand.kind}
        aria-current={chosen ? 'true' : undefined}
        onClick={() => choose(item.consignment)}
      >
        <span className={styles.position} aria-hidden>
          {item.position}
        </span>
        <span className={styles.rowWords}>
          <span className={styles.rowTop}>
            {item.place && <strong>{item.place}</strong>}
            <span className="code">{item.reference}</span>
          </span>
          <span className={styles.goods}>
            {item.goods.description || item.goods.hs || t('goods_unknown')}
          </span>
          <span className={styles.tags}>
            <Modalities steps={item.steps.length > 0 ? item.steps : [item.modality]} />
            <span className="quiet nowrap">{format.minutes(item.minutes)}</span>
            <SinceTag amended={item.amended} />
          </span>
        </span>
        <span className={styles.rowEnd}>
          {stand.kind === 'done' && <OutcomeTag outcome={stand.outcome} />}
          {stand.kind === 'waiting' && (
            <>
              <OutcomeTag outcome={stand.outcome} />
              <Tag tone="note" icon={IconCloudUp}>
                {t('state.waiting')}
              </Tag>
            </>
          )}
          {(stand.kind === 'conflict' || stand.kind === 'refused') && (
            <Tag tone="bad" icon={IconAlertTriangle}>
              {t(`state.${stand.kind}`)}
            </Tag>
          )}
          {stand.kind === 'open' && <IconChevronRight size={22} aria-hidden />}
        </span>
      </button>
    </li>
  );
}

/** Takes what a scanner types while nothing on screen is being typed in. */
function useWedge(take: (code: string) => void) {
  const now = useRef(take);
  now.current = take;
  useEffect(() => {
    const wedge = makeWedge();
    const listen = (event: KeyboardEvent) => {
      const { target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (target instanceof HTMLElement && target.matches('input, textarea, select')) return;
      const code = wedge(event.key, event.timeStamp);
      if (!code) return;
      event.preventDefault();
      event.stopPropagation();
      now.current(code);
    };
    // Before the shell's keys, which would take the scanner's letters one by one.
    window.addEventListener('keydown', listen, { capture: true });
    return () => window.removeEventListener('keydown', listen, { capture: true });
  }, []);
}
