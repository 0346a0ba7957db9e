// Boxes that load lists, stowage plans, quays and gates name and no manifest does: what nobody
// declared, the latest first, to be searched and taken out.
import { Button, Switch, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { csv, save } from '@/parts/download';
import { Empty, Fetched } from '@/parts/states';
import { type Column, DataTable } from '@/parts/table/table';
import { Tag } from '@/parts/tag';
import styles from './data.module.css';
import type { Address } from './index';
import { boxesQuery, type UndeclaredBox } from './queries';

interface Props {
  address: Address;
  go: (change: Address) => void;
}

export default function Boxes({ address, go }: Props) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const [typed, setTyped] = useState(address.q ?? '');
  const [settled] = useDebouncedValue(typed.trim(), 300);
  useEffect(() => {
    if (settled !== (address.q ?? '')) go({ q: settled || undefined } as Address);
  }, [settled, address.q, go]);
  // Empty boxes are seldom declared, so they are left out until they are asked for.
  const [full, setFull] = useState(true);
  const query = useInfiniteQuery(boxesQuery(settled, full));
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const columns: Column<UndeclaredBox>[] = [
    {
      id: 'number',
      header: t('boxes.number'),
      width: 140,
      fixed: true,
      cell: ({ number }) => <span className="code">{number}</span>,
    },
    {
      id: 'sight',
      header: t('boxes.sight'),
      width: '1fr',
      min: 160,
      cell: (one) => format.said(one.sight),
    },
    {
      id: 'seen_at',
      header: t('boxes.seen_at'),
      width: 150,
      cell: ({ seen_at }) => <time dateTime={seen_at}>{format.time(seen_at)}</time>,
    },
    {
      id: 'times',
      header: t('boxes.times'),
      width: 90,
      align: 'end',
      cell: ({ times }) => format.count(times),
    },
    {
      id: 'vessel',
      header: t('boxes.vessel'),
      width: '1fr',
      min: 150,
      cell: ({ vessel, voyage }) => [vessel, voyage].filter(Boolean).join(' · '),
    },
    {
      id: 'way',
      header: t('boxes.way'),
      width: 150,
      cell: ({ loading, discharge }) => `${loading ?? '—'} → ${discharge ?? '—'}`,
    },
    {
      id: 'mass',
      header: t('boxes.mass'),
      width: 110,
      align: 'end',
      cell: ({ gross_mass_kg }) =>
        gross_mass_kg == null ? '—' : format.count(Math.round(gross_mass_kg)),
    },
    {
      id: 'seals',
      header: t('boxes.seals'),
      width: '1fr',
      min: 120,
      cell: ({ seals }) => <span className="code">{seals.join(' ')}</span>,
    },
    {
      id: 'empty',
      header: t('boxes.fullness'),
      width: 90,
      cell: ({ empty }) => (
        <Tag tone={empty ? 'plain' : 'warn'}>{t(empty ? 'boxes.empty' : 'boxes.full')}</Tag>
      ),
    },
    {
      id: 'message',
      header: t('boxes.message'),
      width: 110,
      hidden: true,
      cell: ({ message, line }) => `${message}:${line}`,
    },
  ];
  const take = () => {
    const header = [
      'number',
      'sight',
      'seen_at',
      'received_at',
      'times',
      'vessel',
      'voyage',
      'loading',
      'discharge',
      'empty',
      'gross_mass_kg',
      'seals',
      'message',
      'line',
    ];
    const lines = rows.map((one) => [
      one.number,
      format.said(one.sight),
      one.seen_at,
      one.received_at,
      one.times,
      one.vessel,
      one.voyage,
      one.loading,
      one.discharge,
      String(one.empty),
      one.gross_mass_kg,
      one.seals.join(' '),
      one.message,
      one.line,
    ]);
    save('boxes.csv', csv(header, lines));
  };
  return (
    <div className={styles.tall}>
      <Fetched query={query}>
        {() => (
          <DataTable
            name="boxes"
            label={t('tab.boxes')}
            columns={columns}
            rows={rows}
            rowId={({ number }) => number}
            more={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
            loadingMore={query.isFetchingNextPage}
            toolbar={
              <>
                <TextInput
                  aria-label={t('boxes.find')}
                  placeholder={t('boxes.find')}
                  leftSection={<IconSearch size={18} aria-hidden />}
                  value={typed}
                  onChange={(event) => setTyped(event.currentTarget.value)}
                />
                <Switch
                  label={t('boxes.with_empty')}
                  checked={!full}
                  onChange={(event) => setFull(!event.currentTarget.checked)}
                />
                <Button
                  variant="default"
                  leftSection={<IconDownload size={18} aria-hidden />}
                  disabled={rows.length === 0}
                  onClick={take}
                >
                  {t('boxes.save')}
                </Button>
              </>
            }
            empty={
              <Empty title={t(settled ? 'boxes.no_match' : 'boxes.none')}>
                {settled ? null : t('boxes.none_next')}
              </Empty>
            }
          />
        )}
      </Fetched>
    </div>
  );
}
