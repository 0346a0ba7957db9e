// The inspector's screen: the list of the shift in walking order, and one consignment of it with
// where to look and what came of it. It is made for gloves, a tablet and a dock without a network;
// everything that is recorded is kept on the device before it is sent (`store.ts`, `dock.ts`).
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '@/app/keys';
import { useOffice } from '@/app/office';
import { Empty, Fetched } from '@/parts/states';
import { useOutbox, useShiftList } from './dock';
import styles from './inspections.module.css';
import { standOf } from './item-state';
import { List } from './list';
import { OutboxBar, OutboxDrawer } from './outbox';
import { installed } from './pwa';
import type { Item, Shift as ShiftOf } from './shapes';
import { Sheet } from './sheet';

interface Address {
  c?: string;
  day?: string;
  shift?: string;
}

export default function Inspections() {
  const { t } = useTranslation('inspections');
  const { office } = useOffice();
  const address = useSearch({ strict: false }) as Address;
  const navigate = useNavigate();
  const outbox = useOutbox();
  const [drawer, setDrawer] = useState(false);
  const [kept, setKept] = useState<string | null>(null);
  const list = useShiftList({
    office,
    day: address.day ?? null,
    shift: address.shift ?? null,
  });
  useEffect(installed, []);
  const go = (change: Address, replace = false) =>
    void navigate({
      to: '/inspections',
      search: { ...address, ...change } as never,
      replace,
    });
  return (
    <div className={styles.screen} data-open={address.c ? true : undefined}>
      <h1 className="visually-hidden">{t('title')}</h1>
      <OutboxBar outbox={outbox} onOpen={() => setDrawer(true)} list={list.data} kept={kept} />
      <Fetched query={list}>
        {({ list: shift }) => (
          <Shift
            key={`${shift.office} ${shift.day} ${shift.shift}`}
            shift={shift}
            chosen={address.c ?? null}
            outbox={outbox}
            kept={setKept}
            choose={(consignment) => go({ c: consignment as string })}
            change={(change) => go({ ...change, c: undefined as never }, true)}
          />
        )}
      </Fetched>
      <OutboxDrawer opened={drawer} onClose={() => setDrawer(false)} outbox={outbox} />
    </div>
  );
}

interface ShiftProps {
  shift: ShiftOf;
  chosen: string | null;
  outbox: ReturnType<typeof useOutbox>;
  choose: (consignment: string | undefined) => void;
  /** Says what was kept last. */
  kept: (said: string) => void;
  change: (change: { day?: string; shift?: string }) => void;
}

function Shift({ shift, chosen, outbox, choose, kept, change }: ShiftProps) {
  const { t } = useTranslation('inspections');
  const sheet = useRef<HTMLElement>(null);
  // The next consignment is read from its top.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another consignment scrolls
  useEffect(() => {
    // Browsers differ in what scrolling gives back, and an effect gives back only its end.
    sheet.current?.scrollTo({ top: 0 });
  }, [chosen]);
  const items = useMemo(
    () => [...shift.items].sort((a, b) => a.position - b.position),
    [shift.items],
  );
  const item = items.find(({ consignment }) => consignment === chosen);
  const isOpen = (one: Item) => standOf(one, outbox.mine).kind === 'open';
  const nextAfter = (one: Item | undefined): Item | undefined => {
    const from = one ? items.indexOf(one) + 1 : 0;
    return [...items.slice(from), ...items.slice(0, from)].find(
      (other) => other !== one && isOpen(other),
    );
  };
  const step = (by: number) => {
    const at = item ? items.indexOf(item) : -1;
    const to = items[Math.max(0, Math.min(items.length - 1, at + by))];
    if (to) choose(to.consignment);
  };
  useKeys('inspections', [
    { keys: 'j', said: t('keys.next'), act: () => step(1) },
    { keys: 'k', said: t('keys.previous'), act: () => step(-1) },
    { keys: 'n', said: t('keys.next_open'), act: () => choose(nextAfter(item)?.consignment) },
    {
      keys: '/',
      said: t('keys.find'),
      act: () => document.getElementById('dock-find')?.focus(),
    },
  ]);
  return (
    <div className={styles.halves}>
      <List
        shift={shift}
        items={items}
        chosen={chosen}
        entries={outbox.mine}
        choose={choose}
        change={change}
      />
      <section ref={sheet} className={styles.sheet} aria-label={t('sheet')}>
        {item ? (
          <Sheet
            key={item.consignment}
            item={item}
            outbox={outbox}
            back={() => choose(undefined)}
            done={(outcome) => {
              kept(t('kept', { reference: item.reference, outcome: t(`outcome.${outcome}`) }));
              choose(nextAfter(item)?.consignment);
            }}
            last={!nextAfter(item)}
          />
        ) : (
          <Empty title={t(chosen ? 'elsewhere.title' : 'nothing_chosen.title')}>
            {t(chosen ? 'elsewhere.next' : 'nothing_chosen.next')}
          </Empty>
        )}
      </section>
    </div>
  );
}
