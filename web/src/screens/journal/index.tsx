// The auditor's screen: who did what, when and why; the proof that an entry is as it was written;
// and the check of the whole log.
import { Group, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { type Filter, FilterChips } from '@/parts/chips';
import { type Cell, csv, save } from '@/parts/download';
import { ExportMenu } from '@/parts/export-menu';
import { Page } from '@/parts/page';
import { Empty, Failed } from '@/parts/states';
import { type Column, DataTable } from '@/parts/table/table';
import { EntryDrawer } from './entry';
import { type Entry, entriesQuery, type Filters } from './queries';
import { VerifyAll } from './verify';

const NAMES = ['q', 'subject', 'actor', 'act', 'from', 'to'] as const;

export default function Journal() {
  const { t } = useTranslation('journal');
  const format = useFormat();
  const navigate = useNavigate();
  const search: Record<string, unknown> = useSearch({ strict: false });
  const filters = useMemo(() => {
    const read: Filters = {};
    for (const name of NAMES) {
      const value = search[name];
      if (value !== undefined && value !== '') read[name] = String(value);
    }
    return read;
  }, [search]);
  const open = typeof search.entry === 'number' ? search.entry : null;
  const set = (next: Record<string, string | number | undefined>) =>
    void navigate({ to: '/journal', search: { ...search, ...next } as never, replace: true });

  const found = useInfiniteQuery(entriesQuery(filters));
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);

  const columns: Column<Entry>[] = [
    { id: 'seq', header: t('seq'), width: 90, align: 'end', fixed: true, cell: (row) => row.seq },
    {
      id: 'at',
      header: t('at'),
      width: 150,
      cell: (row) => (
        <time dateTime={row.at} title={row.at}>
          {format.time(row.at)}
        </time>
      ),
    },
    { id: 'actor', header: t('actor'), width: 150, cell: (row) => row.actor },
    { id: 'act', header: t('act'), width: 190, cell: (row) => row.act },
    { id: 'subject', header: t('subject'), width: 180, cell: (row) => row.subject ?? '' },
    {
      id: 'body',
      header: t('body'),
      width: '1fr',
      min: 240,
      cell: (row) => <span className="quiet">{brief(row.body)}</span>,
    },
    {
      id: 'hash',
      header: t('hash'),
      width: 180,
      hidden: true,
      cell: (row) => <span className="code">{row.leaf_hash.slice(0, 16)}…</span>,
    },
  ];
  const chips: Filter[] = NAMES.filter((name) => filters[name] !== undefined).map((name) => ({
    id: name,
    said: `${t(`filters.${name}`)}: ${filters[name]}`,
    remove: () => set({ [name]: undefined }),
  }));
  return (
    <Page
      title={t('title')}
      about={t('about')}
      help={t('help')}
      fills
      actions={
        <>
          <ExportMenu
            exports={[
              {
                id: 'csv',
                said: t('csv'),
                note: t('csv_note', { count: rows.length }),
                act: () =>
                  save(
                    'journal.csv',
                    csv(
                      ['seq', 'at', 'actor', 'act', 'subject', 'body', 'leaf_hash'],
                      rows.map((row): Cell[] => [
                        row.seq,
                        row.at,
                        row.actor,
                        row.act,
                        row.subject,
                        JSON.stringify(row.body),
                        row.leaf_hash,
                      ]),
                    ),
                  ),
              },
            ]}
          />
          <VerifyAll />
        </>
      }
    >
      <Search filters={filters} set={set} />
      <FilterChips
        filters={chips}
        clear={() => set(Object.fromEntries(NAMES.map((name) => [name, undefined])))}
      />
      {found.error && rows.length === 0 ? (
        <Failed error={found.error} again={found.refetch} />
      ) : (
        <DataTable
          name="journal"
          label={t('title')}
          columns={columns}
          rows={rows}
          rowId={rowId}
          total={found.data?.pages[0]?.total ?? undefined}
          more={found.hasNextPage ? () => void found.fetchNextPage() : undefined}
          loadingMore={found.isFetching}
          onOpen={(row) => set({ entry: row.seq })}
          empty={<Empty title={t('empty')}>{t('empty_next')}</Empty>}
        />
      )}
      <EntryDrawer
        seq={open}
        onClose={() => set({ entry: undefined })}
        onSubject={(subject) => set({ entry: undefined, subject })}
      />
    </Page>
  );
}

const rowId = (row: Entry) => String(row.seq);

/** An entry's content in one line: names and values, without the signs of JSON. */
function brief(body: unknown): string {
  if (body === null || body === undefined) return '';
  if (typeof body !== 'object') return String(body);
  return Object.entries(body)
    .map(([name, value]) =>
      typeof value === 'object' && value !== null
        ? `${name}: ${JSON.stringify(value)}`
        : `${name}: ${value}`,
    )
    .join(' · ');
}

interface SearchProps {
  filters: Filters;
  set: (next: Record<string, string | undefined>) => void;
}

function Search({ filters, set }: SearchProps) {
  const { t } = useTranslation('journal');
  const [typed, setTyped] = useState(filters.q ?? '');
  const find = useDebouncedCallback((q: string) => set({ q: q.trim() || undefined }), 300);
  const field = (name: 'actor' | 'act' | 'subject') => (
    <TextInput
      label={t(`filters.${name}`)}
      w={150}
      defaultValue={filters[name] ?? ''}
      key={`${name} ${filters[name] ?? ''}`}
      onBlur={(event) => set({ [name]: event.currentTarget.value.trim() || undefined })}
      onKeyDown={(event) => {
        if (event.key === 'Enter') set({ [name]: event.currentTarget.value.trim() || undefined });
      }}
    />
  );
  return (
    <Group align="flex-end" gap="sm" className="unprinted">
      <TextInput
        label={t('filters.q')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          find(event.currentTarget.value);
        }}
        w={220}
      />
      {field('subject')}
      {field('actor')}
      {field('act')}
      <TextInput
        type="date"
        label={t('filters.from')}
        value={filters.from ?? ''}
        onChange={(event) => set({ from: event.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        label={t('filters.to')}
        value={filters.to ?? ''}
        onChange={(event) => set({ to: event.currentTarget.value || undefined })}
      />
    </Group>
  );
}
