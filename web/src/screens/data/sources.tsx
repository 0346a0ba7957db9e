// Who sends what: when the last message came, how much came in the last thirty days, and how much
// of it could not be stored.

import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { csv, save } from '@/parts/download';
import { ExportMenu } from '@/parts/export-menu';
import { Section } from '@/parts/page';
import { Scroll } from '@/parts/scroll';
import { Spark } from '@/parts/spark';
import { Empty, Fetched } from '@/parts/states';
import { Tag } from '@/parts/tag';
import styles from './data.module.css';
import { type Source, sourcesQuery } from './queries';

/** A sender that was silent for longer is worth a question. */
const LATE_H = 24;
const DAYS = 30;

/** Thirty days up to the last one, those without a message too. */
export function perDay(days: Source['days'], last: string): number[] {
  const rows = new Map(days.map(({ day, rows: count }) => [day, count]));
  const end = Date.parse(`${last.slice(0, 10)}T00:00:00Z`);
  return Array.from({ length: DAYS }, (_, at) => {
    const day = new Date(end - (DAYS - 1 - at) * 86_400_000).toISOString().slice(0, 10);
    return rows.get(day) ?? 0;
  });
}

export function Sources({ open }: { open: (source: string) => void }) {
  const { t } = useTranslation('data');
  const query = useQuery(sourcesQuery);
  const rows = query.data ?? [];
  return (
    <Section
      title={t('sources.title')}
      help={t('sources.help')}
      actions={
        <ExportMenu
          exports={[
            {
              id: 'csv',
              said: 'CSV',
              act: () =>
                save(
                  'sources.csv',
                  csv(
                    ['source', 'format', 'last_at', 'lag_h', 'messages', 'rows', 'rejected'],
                    rows.map((one) => [
                      one.source,
                      one.format,
                      one.last_at,
                      one.lag_h,
                      one.messages,
                      one.rows,
                      one.rejected,
                    ]),
                  ),
                ),
            },
          ]}
        />
      }
    >
      <Fetched query={query}>
        {(sources) =>
          sources.length === 0 ? (
            <Empty title={t('sources.none')}>{t('sources.none_next')}</Empty>
          ) : (
            <Table sources={sources} open={open} />
          )
        }
      </Fetched>
    </Section>
  );
}

function Table({ sources, open }: { sources: Source[]; open: (source: string) => void }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const late = sources.filter(({ lag_h }) => lag_h > LATE_H).length;
  const today = new Date().toISOString();
  return (
    <>
      <p className={styles.say}>
        {t('sources.said', {
          sources: sources.length,
          rows: format.count(sources.reduce((sum, one) => sum + one.rows, 0)),
          rejected: format.count(sources.reduce((sum, one) => sum + one.rejected, 0)),
        })}{' '}
        {late > 0 && t('sources.late', { count: late, hours: LATE_H })}
      </p>
      <Scroll label={t('sources.title')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('sources.source')}</th>
              <th scope="col">{t('sources.format')}</th>
              <th scope="col">{t('sources.last')}</th>
              <th scope="col">{t('sources.lag')}</th>
              <th scope="col" className="end">
                {t('sources.messages')}
              </th>
              <th scope="col" className="end">
                {t('sources.rows')}
              </th>
              <th scope="col" className="end">
                {t('sources.rejected')}
              </th>
              <th scope="col">{t('sources.days')}</th>
            </tr>
          </thead>
          <tbody>
            {sources.map((one) => (
              <tr key={`${one.source} ${one.format}`}>
                <th scope="row">
                  <button type="button" className={styles.link} onClick={() => open(one.source)}>
                    {one.source || t('sources.unnamed')}
                  </button>
                </th>
                <td>{one.format}</td>
                <td>
                  <time dateTime={one.last_at}>{format.time(one.last_at)}</time>
                </td>
                <td>
                  <Tag
                    tone={one.lag_h > LATE_H ? 'warn' : 'good'}
                    icon={one.lag_h > LATE_H ? IconAlertTriangle : IconCheck}
                  >
                    {format.ago(one.last_at)}
                  </Tag>
                </td>
                <td className="end">{format.count(one.messages)}</td>
                <td className="end">{format.count(one.rows)}</td>
                <td className="end">
                  {format.count(one.rejected)}{' '}
                  <span className="quiet">
                    {one.rows > 0 && `(${format.share(one.rejected / one.rows)})`}
                  </span>
                </td>
                <td>
                  <Spark
                    bars
                    values={perDay(one.days, today)}
                    label={t('sources.spark', {
                      most: format.count(Math.max(0, ...one.days.map(({ rows }) => rows))),
                      days: one.days.length,
                    })}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
