// What happened around an entity: its consignments month by month, hits of watchlists, decisions,
// and who moved which records.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCodes } from '@/app/codes';
import { useFormat } from '@/app/format';
import { useMay } from '@/app/session';
import { Chart, type Colours, type Option } from '@/parts/chart/chart';
import { axis, frame, HATCH, legend } from '@/parts/chart/pieces';
import { Section } from '@/parts/page';
import { Fetched } from '@/parts/states';
import { Tag, type Tone } from '@/parts/tag';
import styles from './entities.module.css';
import type { Go } from './index';
import {
  type CourseMonth,
  type EntityHit,
  type EntityPage,
  historyQuery,
  MACHINE,
} from './queries';

interface CourseWords {
  found: string;
  clear: string;
  passed: string;
}

function courseOption(course: CourseMonth[], words: CourseWords) {
  return (colours: Colours): Option => {
    const stack = { type: 'bar', stack: 'all', barMaxWidth: 34 };
    return {
      grid: frame,
      legend: legend(colours, [words.found, words.clear, words.passed]),
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      xAxis: { type: 'category', data: course.map(({ month }) => month), ...axis(colours) },
      yAxis: { type: 'value', minInterval: 1, ...axis(colours) },
      series: [
        {
          ...stack,
          name: words.found,
          itemStyle: { color: colours.series[1], borderColor: colours.text, borderWidth: 1 },
          data: course.map(({ found }) => found),
        },
        {
          ...stack,
          name: words.clear,
          itemStyle: { color: colours.series[0] },
          data: course.map(({ inspected, found }) => Math.max(0, inspected - found)),
        },
        {
          ...stack,
          name: words.passed,
          itemStyle: {
            color: colours.band,
            borderColor: colours.series[0],
            borderWidth: 1,
            decal: { ...HATCH, color: colours.sheet },
          },
          data: course.map(({ consignments, inspected }) => Math.max(0, consignments - inspected)),
        },
      ],
    };
  };
}

export function Course({ page }: { page: EntityPage }) {
  const { t } = useTranslation('entities');
  const { course } = page;
  // biome-ignore lint/correctness/useExhaustiveDependencies: words go with the language
  const option = useMemo(
    () =>
      courseOption(course, {
        found: t('course.found'),
        clear: t('course.clear'),
        passed: t('course.passed'),
      }),
    [course, t('course.found')],
  );
  if (course.length === 0) return null;
  return (
    <Section title={t('course.title')}>
      <Chart
        name={`entity-${page.id}`}
        label={t('course.title')}
        height={200}
        option={option}
        table={{
          header: [
            t('course.month'),
            t('course.consignments'),
            t('course.inspected'),
            t('course.found'),
          ],
          rows: course.map((one) => [one.month, one.consignments, one.inspected, one.found]),
        }}
      />
    </Section>
  );
}

const VERDICTS: Record<string, Tone> = { same: 'bad', not_same: 'good', unsure: 'note' };

export function Hits({ hits }: { hits: EntityHit[] }) {
  const { t } = useTranslation('entities');
  const format = useFormat();
  const may = useMay();
  if (hits.length === 0) return null;
  return (
    <Section title={t('hits.title')} help={t('hits.help')}>
      <ul className={styles.list}>
        {hits.map((hit) => (
          <li key={hit.id}>
            <div className={styles.line}>
              {may('read_watchlist') ? (
                <Link to="/watchlists" search={{ hit: hit.id, state: 'all' } as never}>
                  {hit.listing}
                </Link>
              ) : (
                <span>{hit.listing}</span>
              )}
              <span className="quiet">{hit.list}</span>
              <span>{format.share(hit.probability)}</span>
              <Tag tone={hit.decision ? (VERDICTS[hit.decision] ?? 'plain') : 'warn'}>
                {t(`hits.${hit.decision ?? 'open'}`)}
              </Tag>
            </div>
            {hit.decision && (
              <div className="quiet">
                {[hit.by, hit.at && format.time(hit.at), hit.reason].filter(Boolean).join(' · ')}
              </div>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Decisions({ decisions }: { decisions: EntityPage['decisions'] }) {
  const { t } = useTranslation('entities');
  const { t: desk } = useTranslation('desk');
  const format = useFormat();
  const { say } = useCodes();
  if (decisions.length === 0) return null;
  return (
    <Section title={t('decisions.title')}>
      <ul className={styles.list}>
        {decisions.map((one) => (
          <li key={one.id}>
            <div className={styles.line}>
              <strong>{desk(`decided.${one.act}`)}</strong>
              <Link to="/consignments/$id" params={{ id: one.consignment }}>
                {one.consignment}
              </Link>
              <span>{say('reason_codes', one.reason_code)}</span>
            </div>
            <div className="quiet">
              {[one.by, format.time(one.at), one.reason].filter(Boolean).join(' · ')}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function History({ id, go }: { id: string; go: Go }) {
  const { t } = useTranslation('entities');
  const format = useFormat();
  const query = useQuery(historyQuery(id));
  return (
    <Section title={t('history.title')} help={t('history.help')}>
      <Fetched query={query}>
        {(acts) => (
          <ol className={styles.list}>
            {acts.map((one) => (
              <li key={`${one.at} ${one.act} ${one.records.join()}`}>
                <div>
                  {t(`history.${one.act}`, {
                    count: one.records.length,
                    records: one.records.join(', '),
                    by: one.by === MACHINE ? t('machine') : one.by,
                  })}{' '}
                  {one.other != null && (
                    <button
                      type="button"
                      className={styles.link}
                      onClick={() => go({ entity: one.other ?? undefined }, false)}
                    >
                      {one.other}
                    </button>
                  )}
                </div>
                <div className="quiet">
                  {[
                    format.time(one.at),
                    one.probability != null &&
                      t('records.belongs', { share: format.share(one.probability) }),
                    one.reason,
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </div>
              </li>
            ))}
          </ol>
        )}
      </Fetched>
    </Section>
  );
}
