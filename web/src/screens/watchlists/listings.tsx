// Everything that is listed, searched by words in any script; one that is opened says all that its
// source says, and which consignments it hit.
import { Button, CloseButton, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useMay } from '@/app/session';
import { toast } from '@/app/toasts';
import { ChipChoice, FilterChips } from '@/parts/chips';
import { csv, save } from '@/parts/download';
import { ExportMenu } from '@/parts/export-menu';
import { ReasonDialog } from '@/parts/reason-dialog';
import { Empty, Fetched } from '@/parts/states';
import { sorted } from '@/parts/table/sorting';
import { type Column, DataTable, type Sort } from '@/parts/table/table';
import { Tag } from '@/parts/tag';
import { Grades } from './grades';
import { Facts, HitTag } from './hit';
import type { TabProps } from './index';
import {
  type Listing,
  type ListingDetail,
  listingQuery,
  listingsQuery,
  useExpire,
  watchlistsQuery,
} from './queries';
import styles from './watchlists.module.css';

export const KINDS = [
  'person',
  'organization',
  'vessel',
  'aircraft',
  'address',
  'container',
  'wallet',
  'contact',
  'other',
];
const STATES = ['in_force', 'expired'] as const;

export default function Listings({ address, go }: TabProps) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  const [typed, setTyped] = useState(address.q ?? '');
  const [settled] = useDebouncedValue(typed.trim(), 300);
  useEffect(() => {
    if (settled !== (address.q ?? '')) go({ q: settled || undefined });
  }, [settled, address.q, go]);
  const state = STATES.find((one) => one === address.state) ?? null;
  const kind = KINDS.find((one) => one === address.kind) ?? null;
  const lists = useQuery(watchlistsQuery);
  const query = useInfiniteQuery(
    listingsQuery({ watchlist: address.watchlist ?? null, kind, state, q: settled }),
  );
  const [sort, setSort] = useState<Sort | undefined>(undefined);
  const rows = useMemo(
    () =>
      sorted(
        query.data?.pages.flatMap(({ items }) => items) ?? [],
        sort,
        (one, by) => one[by as keyof Listing],
        format.locale,
      ),
    [query.data, sort, format.locale],
  );
  const list = lists.data?.find(({ id }) => id === address.watchlist);
  const columns: Column<Listing>[] = [
    {
      id: 'name',
      header: t('listing.name'),
      width: '2fr',
      min: 200,
      fixed: true,
      sort: 'name',
      cell: ({ name }) => (
        <span title={name} translate="no">
          {name}
        </span>
      ),
    },
    {
      id: 'kind',
      header: t('listing.kind'),
      width: 120,
      sort: 'kind',
      cell: ({ kind: of }) => t(`kind.${of}`, { defaultValue: of }),
    },
    {
      id: 'watchlist',
      header: t('lists.name'),
      width: '1fr',
      min: 150,
      sort: 'watchlist_name',
      cell: ({ watchlist_name }) => <span title={watchlist_name}>{watchlist_name}</span>,
    },
    {
      id: 'reference',
      header: t('listing.reference'),
      width: 130,
      sort: 'reference',
      cell: ({ reference }) => <span className="code">{reference}</span>,
    },
    {
      id: 'expires_on',
      header: t('lists.expires_on'),
      width: 130,
      sort: 'expires_on',
      cell: ({ expires_on }) => (expires_on ? format.day(expires_on) : t('lists.never')),
    },
    {
      id: 'listed_at',
      header: t('listing.listed_at'),
      width: 140,
      hidden: true,
      sort: 'listed_at',
      cell: ({ listed_at }) => format.time(listed_at),
    },
    {
      id: 'state',
      header: t('lists.state'),
      width: 110,
      sort: 'state',
      cell: (one) => (
        <Tag tone={one.state === 'in_force' ? 'good' : 'plain'}>{t(`state.${one.state}`)}</Tag>
      ),
    },
  ];
  return (
    <div className={address.listing ? styles.halves : styles.tall}>
      <div className={styles.tall}>
        <FilterChips
          filters={
            address.watchlist
              ? [
                  {
                    id: 'watchlist',
                    said: t('listing.of', { name: list?.name ?? address.watchlist }),
                    remove: () => go({ watchlist: undefined }),
                  },
                ]
              : []
          }
        />
        <Fetched query={query}>
          {() => (
            <DataTable
              name="listings"
              label={t('tab.listings')}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              sort={sort}
              onSort={setSort}
              more={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
              loadingMore={query.isFetchingNextPage}
              onOpen={({ id }) => go({ listing: id })}
              toolbar={
                <>
                  <TextInput
                    aria-label={t('listing.find')}
                    placeholder={t('listing.find')}
                    leftSection={<IconSearch size={18} aria-hidden />}
                    value={typed}
                    onChange={(event) => setTyped(event.currentTarget.value)}
                  />
                  <NativeSelect
                    aria-label={t('listing.kind')}
                    value={kind ?? ''}
                    onChange={(event) => go({ kind: event.currentTarget.value || undefined })}
                    data={[
                      { value: '', label: t('listing.every_kind') },
                      ...KINDS.map((value) => ({ value, label: t(`kind.${value}`) })),
                    ]}
                  />
                  <ChipChoice
                    label={t('lists.state')}
                    options={STATES.map((value) => ({ value, said: t(`state.${value}`) }))}
                    value={state}
                    onChange={(value) => go({ state: value ?? undefined })}
                  />
                  <ExportMenu
                    exports={[
                      {
                        id: 'csv',
                        said: 'CSV',
                        note: t('export_note', { count: rows.length }),
                        act: () => save('listings.csv', listingsCsv(rows)),
                      },
                    ]}
                  />
                </>
              }
              empty={
                <Empty title={t(settled ? 'listing.no_match' : 'listing.none')}>
                  {t(settled ? 'listing.no_match_next' : 'listing.none_next')}
                </Empty>
              }
            />
          )}
        </Fetched>
      </div>
      {address.listing && (
        <Sheet
          key={address.listing}
          id={address.listing}
          close={() => go({ listing: undefined })}
          open={(hit) =>
            go({ tab: 'hits', hit, state: 'all', watchlist: undefined, listing: undefined }, false)
          }
        />
      )}
    </div>
  );
}

interface SheetProps {
  id: string;
  close: () => void;
  open: (hit: string) => void;
}

function Sheet({ id, close, open }: SheetProps) {
  const { t } = useTranslation('watchlists');
  const query = useQuery(listingQuery(id));
  return (
    <section className={`sheet ${styles.sheet}`} aria-label={t('listing.listing')}>
      <Fetched query={query}>
        {(listing) => <Whole listing={listing} close={close} open={open} />}
      </Fetched>
    </section>
  );
}

interface WholeProps {
  listing: ListingDetail;
  close: () => void;
  open: (hit: string) => void;
}

function Whole({ listing, close, open }: WholeProps) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  const may = useMay();
  const expire = useExpire();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <div className={styles.sheetHead}>
        <h2 translate="no">{listing.name}</h2>
        <Tag tone={listing.state === 'in_force' ? 'good' : 'plain'}>
          {t(`state.${listing.state}`)}
        </Tag>
        <CloseButton size="lg" aria-label={t('parts:close')} onClick={close} />
      </div>
      <Facts
        facts={[
          [t('listing.kind'), t(`kind.${listing.kind}`, { defaultValue: listing.kind })],
          [
            t('listing.aliases'),
            listing.aliases
              .map(({ name, weak }) => (weak ? `${name} (${t('listing.weak')})` : name))
              .join(', '),
          ],
          [
            t('listing.keys'),
            listing.keys.length > 0 && (
              <ul className={styles.plain}>
                {listing.keys.map(({ kind, text, valid }) => (
                  <li key={`${kind} ${text}`}>
                    {t(`key.${kind}`, { defaultValue: kind })}: <span className="code">{text}</span>
                    {!valid && (
                      <>
                        {' '}
                        <Tag tone="warn">{t('listing.invalid')}</Tag>
                      </>
                    )}
                  </li>
                ))}
              </ul>
            ),
          ],
          [t('listing.programmes'), listing.programmes.join(', ')],
          [t('listing.remarks'), listing.remarks],
          [t('lists.name'), listing.watchlist_name],
          [t('listing.reference'), listing.reference],
          [t('lists.source'), listing.source],
          [
            t('lists.grades'),
            <Grades
              key="grades"
              source={listing.source_grade}
              information={listing.information_grade}
              long
            />,
          ],
          [t('lists.legal_basis'), listing.legal_basis],
          [
            t('lists.expires_on'),
            listing.expires_on ? format.day(listing.expires_on) : t('lists.never'),
          ],
          [
            t('listing.expired'),
            listing.expired_at &&
              [format.time(listing.expired_at), listing.expired_by, listing.expired_because]
                .filter(Boolean)
                .join(' · '),
          ],
        ]}
      />
      <h3>{t('listing.hits')}</h3>
      {listing.hits.length === 0 ? (
        <p className="quiet">{t('listing.no_hits')}</p>
      ) : (
        <ul className={styles.plain}>
          {listing.hits.map((hit) => (
            <li key={hit.id}>
              <button type="button" className={styles.link} onClick={() => open(hit.id)}>
                {hit.id}
              </button>{' '}
              {hit.found ?? t('hidden')} · {hit.consignment} · {format.share(hit.probability)}{' '}
              <HitTag state={hit.state} />
            </li>
          ))}
        </ul>
      )}
      {may('edit_watchlist') && listing.state === 'in_force' && (
        <div className={`${styles.acts} unprinted`}>
          <Button variant="default" onClick={() => setAsking(true)}>
            {t('listing.expire')}
          </Button>
        </div>
      )}
      <ReasonDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('listing.expire_title', { name: listing.name })}
        act={t('listing.expire')}
        danger
        onAct={async ({ id, reason }) => {
          await expire.mutateAsync({ noun: 'listings', of: listing.id, id, reason });
          toast.done(t('lists.expired', { name: listing.name }));
        }}
      >
        <p>{t('listing.expire_said')}</p>
      </ReasonDialog>
    </>
  );
}

function listingsCsv(rows: Listing[]) {
  const names = [
    'id',
    'name',
    'kind',
    'reference',
    'watchlist',
    'watchlist_name',
    'state',
    'expires_on',
    'listed_at',
  ] as const;
  return csv(
    [...names],
    rows.map((row) => names.map((name) => row[name])),
  );
}
