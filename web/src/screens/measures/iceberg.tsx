// The iceberg: how much there was, how much of it was found, and how that went. First in a sentence
// that can be quoted, then drawn.
import { NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Chart } from '@/parts/chart/chart';
import { Section } from '@/parts/page';
import { about, range, whole } from '@/parts/say';
import { Scroll } from '@/parts/scroll';
import { course, iceberg } from './charts';
import styles from './measures.module.css';
import type { Measures, Period } from './queries';

const STEPS = ['weeks', 'weeks_4', 'weeks_13', 'months', 'quarters', 'years'] as const;
type Step = (typeof STEPS)[number];
/** So many are drawn; all of them are in the table. */
const DRAWN = 53;

export function Iceberg({ measures }: { measures: Measures }) {
  const { t } = useTranslation('measures');
  const format = useFormat();
  const { pooled, target } = measures;
  const none = pooled.found === 0;
  return (
    <>
      <Section title={t('iceberg.title')} help={t('iceberg.help')}>
        <p className={styles.say}>
          {t(none ? 'iceberg.said_none' : 'iceberg.said', {
            what: t(`what.${target}`),
            population: format.count(pooled.population),
            estimate: about(format, pooled.estimate),
            range: range(format, pooled, 'count'),
            found: format.count(pooled.found),
            share: pooled.found_share ? format.share(pooled.found_share.estimate) : '–',
            share_range: pooled.found_share ? range(format, pooled.found_share, 'share') : '–',
            missed: about(format, pooled.missed.estimate),
            missed_range: range(format, pooled.missed, 'count'),
            high: about(format, pooled.high),
          })}
        </p>
        {!none && pooled.tail_found < 10 && (
          <p className={styles.warn}>{t('iceberg.few', { count: pooled.tail_found })}</p>
        )}
        <Periods measures={measures} />
        <Breakdown
          title={t('iceberg.offices')}
          head={t('office')}
          periods={measures.offices}
          name={(of) => of}
        />
        <Breakdown
          title={t('iceberg.regimes')}
          head={t('regime.label')}
          periods={measures.regimes}
          name={(of) => t(`regime.${of}`, { defaultValue: of })}
        />
        <details className={styles.details}>
          <summary>{t('iceberg.rests')}</summary>
          <ul>
            {pooled.assumptions.map((code) => (
              <li key={code}>
                {t(`assumption.${code}`, {
                  defaultValue: code,
                  missing: format.count(pooled.missing),
                })}
              </li>
            ))}
            <li>
              {t('iceberg.plans', {
                plans: format.count(measures.plans),
                not_worked: format.count(measures.plans_not_worked),
              })}
            </li>
            {typeof pooled.naive === 'number' && (
              <li>{t('iceberg.naive', { naive: about(format, pooled.naive) })}</li>
            )}
          </ul>
        </details>
      </Section>
      <Course measures={measures} />
    </>
  );
}

function Periods({ measures }: { measures: Measures }) {
  const { t } = useTranslation('measures');
  const format = useFormat();
  const known = STEPS.filter((step) => measures[step].length > 0);
  const [wanted, setWanted] = useState<Step>('weeks');
  const step = known.includes(wanted) ? wanted : (known[0] ?? 'weeks');
  const periods = measures[step];
  const label = (of: string) => (/^\d{4}-\d{2}-\d{2}$/.test(of) ? of.slice(5) : of);
  // Drawn anew only when what is drawn changes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: words and formats go with the language
  const option = useMemo(() => {
    const drawn = periods.slice(-DRAWN);
    return iceberg(
      drawn.map(({ of }) => label(of)),
      drawn,
      {
        found: t('iceberg.found'),
        missed: t('iceberg.missed'),
        interval: t('interval'),
        tip: (at) => {
          const one = drawn[at];
          return one
            ? [
                one.of,
                `${t('iceberg.found')}: ${format.count(one.found)}`,
                `${t('iceberg.estimate')}: ${whole(format, one, 'count')}`,
              ].join('\n')
            : '';
        },
      },
    );
  }, [periods, format]);
  return (
    <>
      <div className={`${styles.inline} unprinted`}>
        <NativeSelect
          aria-label={t('step.label')}
          value={step}
          onChange={(event) => setWanted(event.currentTarget.value as Step)}
          data={known.map((value) => ({ value, label: t(`step.${value}`) }))}
        />
      </div>
      <Chart
        name={`iceberg-${measures.target}-${step}`}
        label={t('iceberg.drawn', { step: t(`step.${step}`), count: periods.length })}
        option={option}
        height={320}
        table={{
          header: [t('period'), ...columns(t)],
          rows: periods.map((one) => [one.of, ...cells(one)]),
        }}
      />
    </>
  );
}

const columns = (t: (key: string) => string) => [
  t('population'),
  t('inspected'),
  t('iceberg.found'),
  t('iceberg.estimate'),
  t('low'),
  t('high'),
  t('found_share_percent'),
];

const tenth = (value: number) => Math.round(value * 10) / 10;

const cells = (one: Period) => [
  one.population,
  one.inspected,
  one.found,
  tenth(one.estimate),
  tenth(one.low),
  tenth(one.high),
  one.found_share ? tenth(100 * one.found_share.estimate) : null,
];

interface BreakdownProps {
  title: string;
  head: string;
  periods: Period[];
  name: (of: string) => string;
}

function Breakdown({ title, head, periods, name }: BreakdownProps) {
  const { t } = useTranslation('measures');
  const format = useFormat();
  if (periods.length < 2) return null;
  return (
    <Scroll label={title}>
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col" className="end">
              {t('population')}
            </th>
            <th scope="col" className="end">
              {t('inspected')}
            </th>
            <th scope="col" className="end">
              {t('iceberg.found')}
            </th>
            <th scope="col" className="end">
              {t('iceberg.estimate')}
            </th>
            <th scope="col" className="end">
              {t('found_share')}
            </th>
          </tr>
        </thead>
        <tbody>
          {periods.map((one) => (
            <tr key={one.of}>
              <th scope="row">{name(one.of)}</th>
              <td className="end">{format.count(one.population)}</td>
              <td className="end">{format.count(one.inspected)}</td>
              <td className="end">{format.count(one.found)}</td>
              <td className="end">{whole(format, one, 'count')}</td>
              <td className="end">
                {one.found_share ? whole(format, one.found_share, 'share') : '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Course({ measures }: { measures: Measures }) {
  const { t } = useTranslation('measures');
  const format = useFormat();
  const { change, target } = measures;
  const points = measures.course;
  // biome-ignore lint/correctness/useExhaustiveDependencies: words and formats go with the language
  const option = useMemo(() => {
    const drawn = points.slice(-2 * DRAWN);
    return course(
      drawn.map(({ of }) => of.slice(5)),
      drawn.map(({ prevalence }) => prevalence ?? null),
      drawn.map(({ band }) => band ?? null),
      {
        share: t('course.share'),
        interval: t('course.once'),
        band: t('course.band'),
        tip: (at) => {
          const one = drawn[at];
          if (!one) return '';
          return [
            one.of,
            one.prevalence && `${t('course.once')}: ${whole(format, one.prevalence, 'share')}`,
            one.band && `${t('course.band')}: ${range(format, one.band, 'share')}`,
          ]
            .filter(Boolean)
            .join('\n');
        },
      },
    );
  }, [points, format]);
  if (points.length === 0) return null;
  const way = !change
    ? null
    : change.difference.low > 0
      ? 'up'
      : change.difference.high < 0
        ? 'down'
        : 'same';
  const points_of = (value: number) => format.number(Number((100 * value).toPrecision(2)));
  return (
    <Section title={t('course.title')} help={t('course.help')}>
      {change && way && (
        <p className={styles.say}>
          {t(`course.${way}`, {
            what: t(`what.${target}`),
            weeks: change.weeks,
            former: change.former.prevalence
              ? format.share(change.former.prevalence.estimate)
              : '–',
            latest: change.latest.prevalence
              ? format.share(change.latest.prevalence.estimate)
              : '–',
            difference: points_of(change.difference.estimate),
            low: points_of(change.difference.low),
            high: points_of(change.difference.high),
          })}
        </p>
      )}
      <Chart
        name={`course-${target}`}
        label={t('course.drawn', { count: points.length })}
        option={option}
        table={{
          header: [
            t('week'),
            t('course.share_percent'),
            t('low'),
            t('high'),
            t('course.band_low'),
            t('course.band_high'),
          ],
          rows: points.map(({ of, prevalence, band }) => [
            of,
            percent(prevalence?.estimate),
            percent(prevalence?.low),
            percent(prevalence?.high),
            percent(band?.low),
            percent(band?.high),
          ]),
        }}
      />
    </Section>
  );
}

export const percent = (value: number | null | undefined): number | null =>
  typeof value === 'number' ? Number((100 * value).toPrecision(4)) : null;
