// The queue of defects: what could not be read waits here until a person mends the record or says
// why it stays as it is. A mended record flows on at once, and what became of it is shown.
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { ChipChoice } from '@/parts/chips';
import { Empty, Fetched } from '@/parts/states';
import { type Column, DataTable } from '@/parts/table/table';
import { Tag } from '@/parts/tag';
import styles from './data.module.css';
import { DefectSheet, STATE_TONES } from './defect-sheet';
import type { Address } from './index';
import { type Defect, type DefectState, defectsQuery } from './queries';

interface Props {
  address: Address;
  go: (change: Address) => void;
}

/** What became of the record. */
const RECORDS = ['kept_out', 'stored'] as const;
const STATES: DefectState[] = ['open', 'mended', 'rejected'];

export default function Defects({ address, go }: Props) {
  const { t } = useTranslation('data');
  const format = useFormat();
  // Open ones unless something else is asked for; "all" has a word of its own in the address.
  const state =
    address.state === 'all' ? null : (STATES.find((one) => one === address.state) ?? 'open');
  const [typed, setTyped] = useState(address.q ?? '');
  const [settled] = useDebouncedValue(typed.trim(), 300);
  useEffect(() => {
    if (settled !== (address.q ?? '')) go({ q: settled || undefined } as Address);
  }, [settled, address.q, go]);
  const record = RECORDS.find((one) => one === address.record) ?? null;
  const query = useInfiniteQuery(
    defectsQuery(state, settled, record === null ? null : record === 'kept_out'),
  );
  const total = query.data?.pages[0]?.total;
  const asked = total && (record ? total[record] : total.kept_out + total.stored);
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const columns: Column<Defect>[] = [
    {
      id: 'kind',
      header: t('defects.kind'),
      width: 140,
      fixed: true,
      cell: ({ kind, rejects }) => (
        <Tag tone={rejects ? 'bad' : 'warn'}>{t(`kind.${kind}`, { defaultValue: kind })}</Tag>
      ),
    },
    {
      id: 'reason',
      header: t('defects.reason'),
      width: '3fr',
      min: 220,
      fixed: true,
      cell: ({ said }) => <span title={format.said(said)}>{format.said(said)}</span>,
    },
    {
      id: 'field',
      header: t('defects.field'),
      width: 170,
      cell: ({ field }) => <span className="code">{field}</span>,
    },
    {
      id: 'found',
      header: t('defects.found'),
      width: '1fr',
      min: 120,
      cell: ({ found }) => (
        <span className="code" title={found}>
          {found}
        </span>
      ),
    },
    {
      id: 'file',
      header: t('defects.file'),
      width: '1fr',
      min: 150,
      cell: ({ file, line }) => (
        <span title={`${file}:${line}`}>
          {file}
          {line > 0 && `:${line}`}
        </span>
      ),
    },
    {
      id: 'found_at',
      header: t('defects.found_at'),
      width: 140,
      hidden: true,
      cell: ({ found_at }) => format.time(found_at),
    },
    {
      id: 'state',
      header: t('defects.state'),
      width: 110,
      cell: (one) => <Tag tone={STATE_TONES[one.state]}>{t(`state.${one.state}`)}</Tag>,
    },
  ];
  return (
    <div className={address.defect ? styles.halves : styles.tall}>
      <div className={styles.tall}>
        <Fetched query={query}>
          {() => (
            <DataTable
              name="defects"
              label={t('tab.defects')}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              total={asked ?? undefined}
              more={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
              loadingMore={query.isFetchingNextPage}
              onOpen={({ id }) => go({ defect: id })}
              toolbar={
                <>
                  <TextInput
                    aria-label={t('defects.find')}
                    placeholder={t('defects.find')}
                    leftSection={<IconSearch size={18} aria-hidden />}
                    value={typed}
                    onChange={(event) => setTyped(event.currentTarget.value)}
                  />
                  <ChipChoice
                    label={t('defects.state')}
                    options={STATES.map((value) => ({ value, said: t(`state.${value}`) }))}
                    value={state}
                    onChange={(value) => go({ state: value ?? 'all' })}
                  />
                  <ChipChoice
                    label={t('defects.record')}
                    options={RECORDS.map((value) => ({
                      value,
                      said: t(`defects.record_${value}`),
                      ...(total ? { count: total[value] } : {}),
                    }))}
                    value={record}
                    onChange={(value) => go({ record: value ?? undefined } as unknown as Address)}
                  />
                </>
              }
              empty={
                <Empty
                  title={t(
                    state === 'open' && !settled && !record ? 'defects.none' : 'defects.no_match',
                  )}
                >
                  {state === 'open' && !settled && !record ? t('defects.none_next') : null}
                </Empty>
              }
            />
          )}
        </Fetched>
      </div>
      {address.defect && (
        <DefectSheet
          key={address.defect}
          id={address.defect}
          close={() => go({ defect: undefined } as unknown as Address)}
        />
      )}
    </div>
  );
}
