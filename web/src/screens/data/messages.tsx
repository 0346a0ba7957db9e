// Messages as they were received, the newest first, with what became of their records.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { FilterChips } from '@/parts/chips';
import { Empty, Fetched } from '@/parts/states';
import { type Column, DataTable } from '@/parts/table/table';
import { Tag } from '@/parts/tag';
import styles from './data.module.css';
import type { Address } from './index';
import { type Message, messagesQuery } from './queries';

interface Props {
  address: Address;
  go: (change: Address) => void;
}

export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${value >= 100 || at === 0 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

export default function Messages({ address, go }: Props) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const query = useInfiniteQuery(messagesQuery(address.source ?? null));
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const number = (name: keyof Message['received'], hidden = false): Column<Message> => ({
    id: name,
    header: t(`received.${name}`),
    width: 84,
    align: 'end',
    hidden,
    cell: ({ received }) => format.count(received[name]),
  });
  const columns: Column<Message>[] = [
    {
      id: 'id',
      header: t('messages.id'),
      width: 72,
      cell: ({ id }) => <span className="code">{id}</span>,
    },
    {
      id: 'received_at',
      header: t('messages.received_at'),
      width: 128,
      cell: ({ received_at }) => <time dateTime={received_at}>{format.time(received_at)}</time>,
    },
    {
      id: 'name',
      header: t('messages.name'),
      width: '2fr',
      min: 180,
      fixed: true,
      cell: ({ name }) => <span title={name}>{name}</span>,
    },
    {
      id: 'source',
      header: t('sources.source'),
      width: '1fr',
      min: 90,
      cell: ({ source }) => source,
    },
    { id: 'format', header: t('sources.format'), width: 90, cell: ({ format: of }) => of },
    {
      id: 'size',
      header: t('messages.size'),
      width: 84,
      align: 'end',
      cell: ({ size_bytes }) => size(size_bytes),
    },
    number('read'),
    number('new'),
    number('amended'),
    // What is neither new nor amended is unchanged.
    number('unchanged', true),
    number('rejected'),
    number('defects'),
    {
      id: 'state',
      header: t('messages.state'),
      width: 92,
      cell: ({ finished_at }) =>
        finished_at ? (
          <Tag tone="good">{t('messages.finished')}</Tag>
        ) : (
          <Tag tone="warn">{t('messages.unfinished')}</Tag>
        ),
    },
  ];
  return (
    <div className={styles.tall}>
      <FilterChips
        filters={
          address.source
            ? [
                {
                  id: 'source',
                  said: t('messages.of', { source: address.source }),
                  remove: () => go({ source: undefined } as unknown as Address),
                },
              ]
            : []
        }
      />
      <Fetched query={query}>
        {() => (
          <DataTable
            name="messages"
            label={t('tab.messages')}
            columns={columns}
            rows={rows}
            rowId={({ id }) => String(id)}
            more={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
            loadingMore={query.isFetchingNextPage}
            empty={<Empty title={t('messages.none')}>{t('messages.none_next')}</Empty>}
          />
        )}
      </Fetched>
    </div>
  );
}
