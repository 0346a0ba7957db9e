// The hits' queue: one at a time, the likeliest first. The list keeps the place, the keys work on
// whatever is shown, and a decision leads on to the next pair.
import { Button, NativeSelect } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useKeys } from '@/app/keys';
import { useMay } from '@/app/session';
import { toast } from '@/app/toasts';
import { ChipChoice } from '@/parts/chips';
import { csv, save } from '@/parts/download';
import { ExportMenu } from '@/parts/export-menu';
import { Empty, Fetched } from '@/parts/states';
import { DecideHit } from './decide-hit';
import { Hit, HitTag } from './hit';
import type { TabProps } from './index';
import { hitQuery, hitsQuery, type ListingHit, type Verdict, watchlistsQuery } from './queries';
import { VERDICTS } from './reasons';
import styles from './watchlists.module.css';

const STATES = ['open', 'same', 'not_same', 'unsure', 'all'] as const;

/** The hit to go to once this one's pair is decided: the next of another pair, else the one before. */
export function nextAfter(hits: ListingHit[], id: string | undefined): string | undefined {
  const at = hits.findIndex((one) => one.id === id);
  const decided = hits[at];
  if (!decided) return hits[0]?.id;
  const other = (one: ListingHit) =>
    one.listing.id !== decided.listing.id ||
    one.what !== decided.what ||
    (one.found ?? one.id) !== (decided.found ?? decided.id);
  return (hits.slice(at + 1).find(other) ?? hits.slice(0, at).findLast(other))?.id;
}

export default function Hits({ address, go }: TabProps) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  const may = useMay();
  const state = STATES.find((one) => one === address.state) ?? 'open';
  const watchlist = address.watchlist ?? null;
  const query = useInfiniteQuery(hitsQuery({ state, watchlist }));
  const lists = useQuery(watchlistsQuery);
  const hits = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const id = address.hit ?? hits[0]?.id;
  const at = hits.findIndex((one) => one.id === id);
  const [deciding, setDeciding] = useState<Verdict | null>(null);
  const detail = useQuery({ ...hitQuery(id ?? ''), enabled: id !== undefined });
  const mayDecide = may('decide') && detail.data !== undefined;

  const step = (by: number) => {
    const to = hits[Math.max(0, Math.min(hits.length - 1, at + by))];
    if (to && to.id !== id) go({ hit: to.id });
    if (at + by >= hits.length - 20 && query.hasNextPage) void query.fetchNextPage();
  };
  useKeys('hits', [
    { keys: 'j', said: t('keys.next'), act: () => step(1) },
    { keys: 'k', said: t('keys.previous'), act: () => step(-1) },
    ...(mayDecide
      ? VERDICTS.map(({ verdict, key }) => ({
          keys: key,
          said: t(`verdict.${verdict}`),
          act: () => setDeciding(verdict),
        }))
      : []),
  ]);

  const tools = (
    <div className={styles.tools}>
      <ChipChoice
        label={t('hits.state')}
        options={STATES.map((value) => ({ value, said: t(`hit_state.${value}`) }))}
        value={state}
        onChange={(value) => go({ state: value ?? undefined, hit: undefined })}
      />
      <NativeSelect
        className={styles.which}
        aria-label={t('hits.watchlist')}
        value={watchlist ?? ''}
        onChange={(event) =>
          go({ watchlist: event.currentTarget.value || undefined, hit: undefined })
        }
        data={[
          { value: '', label: t('hits.every_list') },
          ...(lists.data ?? []).map(({ id: value, name }) => ({ value, label: name })),
        ]}
      />
      <span className={styles.spacer} />
      <ExportMenu
        exports={[
          {
            id: 'csv',
            said: 'CSV',
            note: t('export_note', { count: hits.length }),
            act: () => save('watchlist-hits.csv', hitsCsv(hits)),
          },
        ]}
      />
    </div>
  );
  return (
    <Fetched query={query}>
      {() => (
        <>
          {tools}
          {hits.length === 0 && !address.hit ? (
            <Empty title={t(state === 'open' ? 'hits.none' : 'hits.none_such')}>
              {t(state === 'open' ? 'hits.none_next' : 'hits.none_such_next')}
            </Empty>
          ) : (
            <>
              <p className={styles.say} role="status">
                {t(state === 'open' ? 'hits.said' : 'hits.said_all', {
                  count: hits.length,
                  more: query.hasNextPage ? '+' : '',
                })}
              </p>
              <div className={styles.queue}>
                <section className={`sheet ${styles.pane}`} aria-label={t('hits.one')}>
                  <div className={styles.steps}>
                    <Button
                      variant="default"
                      disabled={at <= 0}
                      leftSection={<IconChevronLeft size={18} aria-hidden />}
                      onClick={() => step(-1)}
                    >
                      {t('keys.previous')}
                    </Button>
                    <span className="quiet">
                      {at >= 0 &&
                        t('hits.place', {
                          at: format.count(at + 1),
                          of: `${format.count(hits.length)}${query.hasNextPage ? '+' : ''}`,
                        })}
                    </span>
                    <Button
                      variant="default"
                      disabled={at >= hits.length - 1}
                      rightSection={<IconChevronRight size={18} aria-hidden />}
                      onClick={() => step(1)}
                    >
                      {t('keys.next')}
                    </Button>
                  </div>
                  <Fetched query={detail}>
                    {(hit) => (
                      <Hit hit={hit} go={go} {...(mayDecide ? { decide: setDeciding } : {})} />
                    )}
                  </Fetched>
                </section>
                <nav aria-label={t('hits.list')} className={styles.list}>
                  <ul>
                    {hits.map((hit) => (
                      <Row
                        key={hit.id}
                        hit={hit}
                        now={hit.id === id}
                        open={() => go({ hit: hit.id })}
                      />
                    ))}
                  </ul>
                  {query.hasNextPage && (
                    <Button
                      variant="subtle"
                      fullWidth
                      loading={query.isFetchingNextPage}
                      onClick={() => void query.fetchNextPage()}
                    >
                      {t('parts:more')}
                    </Button>
                  )}
                </nav>
              </div>
            </>
          )}
          {deciding && detail.data && (
            <DecideHit
              hit={detail.data}
              verdict={deciding}
              onClose={() => setDeciding(null)}
              onDecided={(decided) => {
                const said = t(`done.${decided.state === 'open' ? 'unsure' : decided.state}`);
                // What is decided can be decided anew: the way back leads to the same pair.
                toast.undoable(said, () => go({ hit: decided.id }), t('hits.back'));
                if (state === 'open') go({ hit: nextAfter(hits, decided.id) });
              }}
            />
          )}
        </>
      )}
    </Fetched>
  );
}

interface RowProps {
  hit: ListingHit;
  now: boolean;
  open: () => void;
}

function Row({ hit, now, open }: RowProps) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (now) button.current?.scrollIntoView?.({ block: 'nearest' });
  }, [now]);
  return (
    <li>
      <button
        ref={button}
        type="button"
        className={styles.row}
        aria-current={now ? 'true' : undefined}
        onClick={open}
      >
        <span className={styles.rowTop}>
          <strong translate="no">{hit.found ?? t('hidden')}</strong>
          <span>{format.share(hit.probability)}</span>
        </span>
        <span className={styles.rowSecond} translate="no">
          {hit.matched} · {hit.listing.watchlist_name}
        </span>
        {hit.state !== 'open' && <HitTag state={hit.state} />}
      </button>
    </li>
  );
}

function hitsCsv(hits: ListingHit[]) {
  return csv(
    [
      'hit',
      'consignment',
      'reference',
      'office',
      'arrived_on',
      'what',
      'role',
      'found',
      'listing',
      'watchlist',
      'matched',
      'probability',
      'state',
      'by',
      'at',
      'reason',
    ],
    hits.map((hit) => [
      hit.id,
      hit.consignment,
      hit.reference,
      hit.office,
      hit.arrived_on,
      hit.what,
      hit.role,
      hit.found,
      hit.listing.id,
      hit.listing.watchlist_name,
      hit.matched,
      hit.probability,
      hit.state,
      hit.decision?.by,
      hit.decision?.at,
      hit.decision?.reason,
    ]),
  );
}
