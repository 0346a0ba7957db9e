// The search: names in any script, codes, phone numbers, ids. What is asked is journaled, so nothing
// is asked while somebody is still typing.
import { Checkbox, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { csv, save } from '@/parts/download';
import { ExportMenu } from '@/parts/export-menu';
import { Page } from '@/parts/page';
import { Empty, Fetched } from '@/parts/states';
import { sorted } from '@/parts/table/sorting';
import { type Column, DataTable, type Sort } from '@/parts/table/table';
import { Tag } from '@/parts/tag';
import styles from './entities.module.css';
import type { Address, Go } from './index';
import { type EntityRow, entitiesQuery } from './queries';

/** How long after the last key it is asked. */
const PAUSE_MS = 450;

export function Search({ address, go }: { address: Address; go: Go }) {
  const { t } = useTranslation('entities');
  const { t: desk } = useTranslation('desk');
  const format = useFormat();
  const [typed, setTyped] = useState(address.q ?? '');
  const [settled] = useDebouncedValue(String(typed).trim(), PAUSE_MS);
  useEffect(() => {
    if (settled !== String(address.q ?? '')) go({ q: settled || undefined });
  }, [settled, address.q, go]);
  const victims = address.victims !== undefined;
  const query = useQuery(entitiesQuery(settled, victims));
  const [sort, setSort] = useState<Sort | undefined>(undefined);
  const rows = useMemo(
    () =>
      sorted(
        query.data ?? [],
        sort,
        (one, by) => one[by as 'label' | 'consignments'],
        format.locale,
      ),
    [query.data, sort, format.locale],
  );
  const here = rows.some(({ role_here }) => role_here != null);
  const columns: Column<EntityRow>[] = [
    {
      id: 'label',
      header: t('list.label'),
      width: '2fr',
      min: 220,
      fixed: true,
      sort: 'label',
      cell: ({ label, names }) => {
        const others = names.filter((name) => name !== label);
        return (
          <span title={names.join(' · ')} translate="no">
            <strong>{label || t('unnamed')}</strong>
            {others.length > 0 && <span className="quiet"> {others.join(' · ')}</span>}
          </span>
        );
      },
    },
    {
      id: 'victim',
      header: t('list.notice'),
      width: 150,
      cell: ({ possible_victim }) =>
        possible_victim ? <Tag tone="note">{t('victim.tag')}</Tag> : null,
    },
    ...(here
      ? [
          {
            id: 'role_here',
            header: t('list.role_here'),
            width: 130,
            fixed: true,
            cell: ({ role_here }: EntityRow) => (role_here ? desk(`role.${role_here}`) : ''),
          },
        ]
      : []),
    {
      id: 'roles',
      header: t('list.roles'),
      width: 170,
      cell: ({ roles }) => roles.map((role) => desk(`role.${role}`)).join(', '),
    },
    {
      id: 'consignments',
      header: t('list.consignments'),
      width: 110,
      align: 'end',
      sort: 'consignments',
      cell: ({ consignments }) => format.count(consignments),
    },
    {
      id: 'finds',
      header: t('list.finds'),
      width: 80,
      align: 'end',
      sort: 'finds',
      cell: ({ finds }) => (finds > 0 ? <strong>{format.count(finds)}</strong> : '0'),
    },
    {
      id: 'records',
      header: t('list.records'),
      width: 100,
      align: 'end',
      sort: 'records',
      cell: ({ records }) => format.count(records),
    },
    {
      id: 'last_on',
      header: t('list.last_on'),
      width: 130,
      sort: 'last_on',
      cell: ({ last_on }) => format.day(last_on),
    },
    {
      id: 'first_on',
      header: t('list.first_on'),
      width: 130,
      hidden: true,
      sort: 'first_on',
      cell: ({ first_on }) => format.day(first_on),
    },
    {
      id: 'id',
      header: t('list.id'),
      width: 90,
      cell: ({ id }) => <span className="code">{id}</span>,
    },
  ];
  return (
    <Page
      title={t('title')}
      about={t('about')}
      help={t('help')}
      fills
      actions={
        <ExportMenu
          exports={[
            {
              id: 'csv',
              said: 'CSV',
              note: t('export_note', { count: rows.length }),
              act: () => save('entities.csv', entitiesCsv(rows)),
            },
          ]}
        />
      }
    >
      <div className={styles.tools}>
        <TextInput
          size="md"
          className={styles.find ?? ''}
          aria-label={t('find')}
          placeholder={t('find')}
          leftSection={<IconSearch size={20} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Checkbox
          label={t('victim.only')}
          checked={victims}
          onChange={(event) => go({ victims: event.currentTarget.checked ? 1 : undefined })}
        />
      </div>
      <Fetched query={query}>
        {() => (
          <DataTable
            name="entities"
            label={t('title')}
            columns={columns}
            rows={rows}
            rowId={({ id }) => id}
            sort={sort}
            onSort={setSort}
            onOpen={({ id }) => go({ entity: id }, false)}
            toolbar={<span className="quiet">{t(settled ? 'list.found' : 'list.newest')}</span>}
            empty={
              <Empty title={t(settled ? 'list.no_match' : 'list.none')}>
                {t(settled ? 'list.no_match_next' : 'list.none_next')}
              </Empty>
            }
          />
        )}
      </Fetched>
    </Page>
  );
}

function entitiesCsv(rows: EntityRow[]) {
  return csv(
    [
      'entity',
      'label',
      'names',
      'roles',
      'records',
      'consignments',
      'finds',
      'first_on',
      'last_on',
      'possible_victim',
    ],
    rows.map((one) => [
      one.id,
      one.label,
      one.names.join(' | '),
      one.roles.join(' | '),
      one.records,
      one.consignments,
      one.finds,
      one.first_on,
      one.last_on,
      one.possible_victim ? 1 : 0,
    ]),
  );
}
