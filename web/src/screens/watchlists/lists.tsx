// The lists themselves: whose they are, how good, on what basis, until when, and how much in them
// waits. A file dropped here becomes a list, or brings the one of that name up to date.
import { Button, CloseButton, TextInput } from '@mantine/core';
import { IconFileUpload, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useMay } from '@/app/session';
import { toast } from '@/app/toasts';
import { ChipChoice } from '@/parts/chips';
import { csv, save } from '@/parts/download';
import { ExportMenu } from '@/parts/export-menu';
import { ReasonDialog } from '@/parts/reason-dialog';
import { Empty, Fetched } from '@/parts/states';
import { sorted } from '@/parts/table/sorting';
import { type Column, DataTable, type Sort } from '@/parts/table/table';
import { Tag } from '@/parts/tag';
import { fits } from '@/screens/queue/hangul';
import { Grades } from './grades';
import { Facts } from './hit';
import { ImportDialog } from './import-dialog';
import type { TabProps } from './index';
import { useExpire, type Watchlist, watchlistsQuery } from './queries';
import styles from './watchlists.module.css';

const STATES = ['in_force', 'expired'] as const;

export default function Lists({ address, go }: TabProps) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  const may = useMay();
  const query = useQuery(watchlistsQuery);
  const [importing, setImporting] = useState(false);
  const [sort, setSort] = useState<Sort>({ by: 'open_hits', descending: true });
  const state = STATES.find((one) => one === address.state) ?? null;
  const q = address.q ?? '';
  const lists = useMemo(
    () =>
      sorted(
        (query.data ?? []).filter(
          (one) =>
            (state === null || one.state === state) &&
            fits(q, `${one.id} ${one.name} ${one.source} ${one.legal_basis}`),
        ),
        sort,
        (one, by) => one[by as keyof Watchlist],
        format.locale,
      ),
    [query.data, state, q, sort, format.locale],
  );
  const chosen = query.data?.find(({ id }) => id === address.watchlist);
  const columns: Column<Watchlist>[] = [
    {
      id: 'name',
      header: t('lists.name'),
      width: '2fr',
      min: 200,
      fixed: true,
      sort: 'name',
      cell: ({ name }) => <span title={name}>{name}</span>,
    },
    {
      id: 'open_hits',
      header: t('lists.open_hits'),
      width: 110,
      align: 'end',
      sort: 'open_hits',
      cell: ({ open_hits }) => (open_hits > 0 ? <strong>{format.count(open_hits)}</strong> : '0'),
    },
    {
      id: 'listings',
      header: t('lists.listings'),
      width: 110,
      align: 'end',
      sort: 'listings',
      cell: ({ listings }) => format.count(listings),
    },
    {
      id: 'source',
      header: t('lists.source'),
      width: '1fr',
      min: 140,
      sort: 'source',
      cell: ({ source }) => <span title={source}>{source}</span>,
    },
    {
      id: 'grades',
      header: t('lists.grades'),
      width: 100,
      sort: 'source_grade',
      cell: (one) => <Grades source={one.source_grade} information={one.information_grade} />,
    },
    {
      id: 'legal_basis',
      header: t('lists.legal_basis'),
      width: '1fr',
      min: 150,
      sort: 'legal_basis',
      cell: ({ legal_basis }) => <span title={legal_basis}>{legal_basis}</span>,
    },
    {
      id: 'expires_on',
      header: t('lists.expires_on'),
      width: 130,
      sort: 'expires_on',
      cell: ({ expires_on }) => (expires_on ? format.day(expires_on) : t('lists.never')),
    },
    {
      id: 'office',
      header: t('lists.office'),
      width: 90,
      hidden: true,
      sort: 'office',
      cell: ({ office }) => (office === '*' ? t('lists.every_office') : office),
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
    <Fetched query={query}>
      {(all) => (
        <div className={chosen ? styles.halves : styles.tall}>
          <div className={styles.tall}>
            <DataTable
              name="watchlists"
              label={t('tab.lists')}
              columns={columns}
              rows={lists}
              rowId={({ id }) => id}
              sort={sort}
              onSort={setSort}
              onOpen={({ id }) => go({ watchlist: id })}
              toolbar={
                <>
                  <TextInput
                    aria-label={t('lists.find')}
                    placeholder={t('lists.find')}
                    leftSection={<IconSearch size={18} aria-hidden />}
                    value={q}
                    onChange={(event) => go({ q: event.currentTarget.value || undefined })}
                  />
                  <ChipChoice
                    label={t('lists.state')}
                    options={STATES.map((value) => ({ value, said: t(`state.${value}`) }))}
                    value={state}
                    onChange={(value) => go({ state: value ?? undefined })}
                  />
                  {may('edit_watchlist') && (
                    <Button
                      leftSection={<IconFileUpload size={18} aria-hidden />}
                      onClick={() => setImporting(true)}
                    >
                      {t('import.open')}
                    </Button>
                  )}
                  <ExportMenu
                    exports={[
                      {
                        id: 'csv',
                        said: 'CSV',
                        note: t('export_note', { count: lists.length }),
                        act: () => save('watchlists.csv', listsCsv(lists)),
                      },
                    ]}
                  />
                </>
              }
              empty={
                all.length === 0 ? (
                  <Empty title={t('lists.none')}>{t('lists.none_next')}</Empty>
                ) : (
                  <Empty title={t('lists.no_match')} />
                )
              }
            />
          </div>
          {chosen && (
            <Sheet
              key={chosen.id}
              list={chosen}
              close={() => go({ watchlist: undefined })}
              listings={() =>
                go({ tab: 'listings', watchlist: chosen.id, state: undefined, q: undefined }, false)
              }
              hits={() =>
                go({ tab: 'hits', watchlist: chosen.id, state: undefined, q: undefined }, false)
              }
            />
          )}
          {importing && (
            <ImportDialog
              lists={all}
              onClose={() => setImporting(false)}
              show={(id) => go({ watchlist: id })}
            />
          )}
        </div>
      )}
    </Fetched>
  );
}

interface SheetProps {
  list: Watchlist;
  close: () => void;
  listings: () => void;
  hits: () => void;
}

function Sheet({ list, close, listings, hits }: SheetProps) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  const may = useMay();
  const expire = useExpire();
  const [asking, setAsking] = useState(false);
  return (
    <section className={`sheet ${styles.sheet}`} aria-label={list.name}>
      <div className={styles.sheetHead}>
        <h2>{list.name}</h2>
        <Tag tone={list.state === 'in_force' ? 'good' : 'plain'}>{t(`state.${list.state}`)}</Tag>
        <CloseButton size="lg" aria-label={t('parts:close')} onClick={close} />
      </div>
      <Facts
        facts={[
          [t('lists.id'), list.id],
          [t('lists.source'), list.source],
          [
            t('lists.grades'),
            <Grades
              key="grades"
              source={list.source_grade}
              information={list.information_grade}
              long
            />,
          ],
          [t('lists.legal_basis'), list.legal_basis],
          [t('lists.expires_on'), list.expires_on ? format.day(list.expires_on) : t('lists.never')],
          [t('lists.office'), list.office === '*' ? t('lists.every_office') : list.office],
          [
            t('lists.listings'),
            t('lists.listings_said', {
              listings: format.count(list.listings),
              expired: format.count(list.expired_listings),
            }),
          ],
          [t('lists.open_hits'), format.count(list.open_hits)],
          [
            t('lists.imported'),
            `${format.time(list.imported_at)} · ${list.imported_by} · ${list.file} (${t(
              `format.${list.format}`,
              { defaultValue: list.format },
            )})`,
          ],
        ]}
      />
      <div className={`${styles.acts} unprinted`}>
        <Button onClick={hits} disabled={list.open_hits === 0}>
          {t('lists.see_hits')}
        </Button>
        <Button variant="default" onClick={listings}>
          {t('lists.see_listings')}
        </Button>
        {may('edit_watchlist') && list.state === 'in_force' && (
          <Button variant="default" onClick={() => setAsking(true)}>
            {t('lists.expire')}
          </Button>
        )}
      </div>
      <ReasonDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('lists.expire_title', { name: list.name })}
        act={t('lists.expire')}
        danger
        onAct={async ({ id, reason }) => {
          await expire.mutateAsync({ noun: 'watchlists', of: list.id, id, reason });
          toast.done(t('lists.expired', { name: list.name }));
        }}
      >
        <p>{t('lists.expire_said', { count: list.listings })}</p>
      </ReasonDialog>
    </section>
  );
}

function listsCsv(lists: Watchlist[]) {
  const names = [
    'id',
    'name',
    'office',
    'source',
    'source_grade',
    'information_grade',
    'legal_basis',
    'state',
    'expires_on',
    'listings',
    'expired_listings',
    'open_hits',
    'imported_at',
    'imported_by',
    'file',
  ] as const;
  return csv(
    [...names],
    lists.map((list) => names.map((name) => list[name])),
  );
}
