// What a condition would have done on history: how often it would have fired, what that would cost
// of the officers' minutes, what it would have found, and how much of that others do already.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Chart, type Colours, type Option } from '@/parts/chart/chart';
import { axis, frame } from '@/parts/chart/pieces';
import { Interval } from '@/parts/interval';
import { Notice } from '@/parts/notice';
import { range } from '@/parts/say';
import { Scroll } from '@/parts/scroll';
import type { Backtest } from './queries';
import styles from './rules.module.css';

/** With fewer effective examinations an interval says little. */
const FEW = 30;
/** From here on, a rule takes so much of the day that it must be said aloud. */
const DEAR = 0.25;

interface Props {
  test: Backtest;
  /** Without the days and overlaps: for a dialog. */
  small?: boolean;
}

export function BacktestView({ test, small = false }: Props) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  const { value } = test;
  if (!test.first || !test.last) return <Notice tone="note">{t('live.nothing_stored')}</Notice>;
  return (
    <div className={styles.stack}>
      <p className={styles.say}>
        {t('backtest.said', {
          first: format.day(test.first),
          last: format.day(test.last),
          consignments: format.count(test.consignments),
          fired: format.count(test.fired),
          per_day: format.number(test.fired_per_day),
        })}
      </p>
      <Capacity test={test} />
      {value ? (
        <dl className={styles.tiles}>
          <div>
            <dt>{t('backtest.finds')}</dt>
            <dd>
              <Interval value={value.finds} as="count" stacked />
            </dd>
            <dd className="quiet">
              {t('backtest.finds_known', {
                found: format.count(value.found_already),
                known: format.count(value.known),
              })}
            </dd>
          </div>
          <div>
            <dt>{t('score.precision')}</dt>
            <dd>
              <Interval value={value.precision} as="share" stacked />
            </dd>
            {value.random && (
              <dd className="quiet">
                {t('score.random_is', { share: range(format, value.random, 'share') })}
              </dd>
            )}
          </div>
          <div>
            <dt>{t('score.lift')}</dt>
            <dd>
              <Interval value={value.lift} stacked />
            </dd>
            <dd className="quiet">{t('score.lift_help')}</dd>
          </div>
        </dl>
      ) : (
        <Notice tone="note">{t('backtest.no_value')}</Notice>
      )}
      {value && value.effective < FEW && (
        <Notice tone="warn">
          {t('backtest.few', { effective: format.number(value.effective) })}
        </Notice>
      )}
      {!small && <Overlap test={test} />}
      {!small && <Days test={test} />}
    </div>
  );
}

/** What the rule would take of a day: the sentence, and the same as a bar. */
export function Capacity({ test }: { test: Backtest }) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  const { capacity_share: share, capacity_minutes_per_day: minutes } = test;
  const dear = share != null && share >= DEAR;
  const cost = {
    per_day: format.minutes(test.minutes_per_day),
    each: format.minutes(test.minutes_each),
  };
  return (
    <div className={styles.capacity} data-dear={dear || undefined}>
      <strong>
        {share != null && minutes != null
          ? t('backtest.capacity', {
              ...cost,
              share: format.share(share),
              minutes: format.minutes(minutes),
            })
          : t('backtest.capacity_unknown', cost)}
      </strong>
      {share != null && (
        <div
          className={styles.meter}
          role="meter"
          aria-label={t('backtest.capacity_label')}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.min(100, Math.round(1000 * share) / 10)}
        >
          <div style={{ width: `${Math.min(100, 100 * share)}%` }} />
        </div>
      )}
      {dear && <span>{t(share > 1 ? 'backtest.over' : 'backtest.dear')}</span>}
    </div>
  );
}

function Overlap({ test }: { test: Backtest }) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  const { overlap } = test;
  return (
    <div>
      <h3 className={styles.small}>{t('backtest.overlap')}</h3>
      <p className={styles.plain}>
        {t('backtest.overlap_said', {
          drawn: format.count(overlap.drawn),
          drawn_share: format.share(overlap.drawn_share),
          core: format.count(overlap.model_core),
          core_share: format.share(overlap.model_core_share),
          only: format.count(overlap.only_this),
        })}
      </p>
      {overlap.rules.length > 0 && (
        <Scroll label={t('backtest.overlap')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('list.rule')}</th>
                <th scope="col" className="end">
                  {t('backtest.both')}
                </th>
                <th scope="col" className="end">
                  {t('backtest.both_share')}
                </th>
              </tr>
            </thead>
            <tbody>
              {overlap.rules.map((one) => (
                <tr key={`${one.code} ${one.version}`}>
                  <th scope="row" className="code">
                    {one.code} v{one.version}
                  </th>
                  <td className="end">{format.count(one.both)}</td>
                  <td className="end">{format.share(one.share)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </div>
  );
}

function Days({ test }: { test: Backtest }) {
  const { t } = useTranslation('rules');
  const { by_day } = test;
  const option = useMemo(
    () =>
      bars(
        by_day.map(({ day }) => day),
        [by_day.map(({ fired }) => fired)],
      ),
    [by_day],
  );
  if (by_day.length === 0) return null;
  return (
    <div>
      <h3 className={styles.small}>{t('backtest.days')}</h3>
      <Chart
        name="backtest-days"
        label={t('backtest.days')}
        height={180}
        option={option}
        table={{
          header: [t('backtest.day'), t('score.fired')],
          rows: by_day.map(({ day, fired }) => [day, fired]),
        }}
      />
    </div>
  );
}

/** Bars by day; several series stand on each other, named in the order they are given. */
export function bars(days: string[], series: number[][], names: string[] = []) {
  return (colours: Colours): Option => ({
    grid: { ...frame, top: names.length > 0 ? 36 : 12 },
    ...(names.length > 0
      ? { legend: { data: names, top: 0, left: 0, textStyle: { color: colours.text } } }
      : {}),
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
    xAxis: { type: 'category', data: days, ...axis(colours) },
    yAxis: { type: 'value', minInterval: 1, ...axis(colours) },
    series: series.map((data, at) => ({
      type: 'bar',
      stack: 'all',
      barMaxWidth: 28,
      name: names[at] ?? '',
      itemStyle: {
        color: at === 0 ? colours.series[0] : colours.band,
        borderColor: colours.series[0],
        borderWidth: at === 0 ? 0 : 1,
      },
      data,
    })),
  });
}
