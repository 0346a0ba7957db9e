// What each way of choosing yields, how good the list is at the depth that is worked, and whether
// its chances were right.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Chart } from '@/parts/chart/chart';
import { Section } from '@/parts/page';
import { range, whole } from '@/parts/say';
import { Fetched } from '@/parts/states';
import { calibration, dots, precision } from './charts';
import { percent } from './iceberg';
import styles from './measures.module.css';
import {
  type Calibration,
  calibrationQuery,
  type Measures,
  type Precision,
  precisionQuery,
  type Window,
} from './queries';

const CHANNELS = ['risk', 'rule', 'random', 'officer'] as const;

export function Channels({ measures, window }: { measures: Measures; window: Window }) {
  const { t } = useTranslation('measures');
  const precise = useQuery(precisionQuery(window));
  const calibrated = useQuery(calibrationQuery(window));
  return (
    <>
      <Yields measures={measures} />
      <Section title={t('precision.title')} help={t('precision.help')}>
        <Fetched query={precise}>
          {(data) => <PrecisionFigure data={data} measures={measures} />}
        </Fetched>
      </Section>
      <Section title={t('calibration.title')} help={t('calibration.help')}>
        <Fetched query={calibrated}>{(data) => <CalibrationFigure data={data} />}</Fetched>
      </Section>
    </>
  );
}

function Yields({ measures }: { measures: Measures }) {
  const { t } = useTranslation('measures');
  const format = useFormat();
  const yields = useMemo(
    () =>
      CHANNELS.flatMap((channel) =>
        measures.yields.filter((one) => one.channel === channel),
      ).filter(({ inspected }) => inspected > 0),
    [measures.yields],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: words and formats go with the language
  const option = useMemo(
    () =>
      dots(
        yields.map(({ channel }) => t(`channel.${channel}`)),
        yields.map(({ found_per_hour }) => found_per_hour ?? null),
        format.number,
      ),
    [yields, format],
  );
  if (yields.length === 0) return null;
  const said = yields.flatMap(({ channel, found_per_hour }) =>
    found_per_hour
      ? [
          t('yields.one', {
            channel: t(`channel.${channel}`),
            rate: whole(format, found_per_hour, 'number'),
          }),
        ]
      : [],
  );
  return (
    <Section title={t('yields.title')} help={t('yields.help')}>
      <p className={styles.say}>{t('yields.said', { list: said.join(', ') })}</p>
      <Chart
        name={`yields-${measures.target}`}
        label={t('yields.title')}
        option={option}
        height={60 + 58 * yields.length}
        table={{
          header: [
            t('channel.label'),
            t('inspected'),
            t('iceberg.found'),
            t('minutes'),
            t('yields.per_hour'),
            t('low'),
            t('high'),
            t('yields.precision_percent'),
          ],
          rows: yields.map((one) => [
            t(`channel.${one.channel}`),
            one.inspected,
            one.found,
            one.minutes,
            three(one.found_per_hour?.estimate),
            three(one.found_per_hour?.low),
            three(one.found_per_hour?.high),
            percent(one.precision?.estimate),
          ]),
        }}
      />
    </Section>
  );
}

const three = (value: number | undefined) =>
  value === undefined ? null : Number(value.toPrecision(3));

function PrecisionFigure({ data, measures }: { data: Precision; measures: Measures }) {
  const { t } = useTranslation('measures');
  const format = useFormat();
  const { points, random } = data;
  const { inspected, population } = measures.pooled;
  const worked = population > 0 ? inspected / population : 0;
  const near = points.toSorted(
    (a, b) => Math.abs(Math.log(a.share / worked)) - Math.abs(Math.log(b.share / worked)),
  )[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: words and formats go with the language
  const option = useMemo(
    () =>
      precision(
        points.map(({ share }) => format.share(share)),
        points.map((one) => one.precision),
        random,
        {
          list: t('precision.list'),
          random: t('precision.random'),
          x: t('precision.x'),
          tip: (at) => {
            const one = points[at];
            return one
              ? [
                  t('precision.top', { share: format.share(one.share) }),
                  `${t('precision.list')}: ${whole(format, one.precision, 'share')}`,
                ].join('\n')
              : '';
          },
        },
      ),
    [points, random, format],
  );
  if (points.length === 0) return <p className="quiet">{t('no_figures')}</p>;
  const lift =
    near && random && random.estimate > 0 ? near.precision.estimate / random.estimate : null;
  return (
    <>
      {near && random && (
        <p className={styles.say}>
          {t('precision.said', {
            worked: format.share(worked),
            share: format.share(near.share),
            precision: whole(format, near.precision, 'share'),
            random: whole(format, random, 'share'),
            lift: lift === null ? '–' : format.number(Number(lift.toPrecision(2))),
          })}
        </p>
      )}
      <Chart
        name="precision"
        label={t('precision.title')}
        option={option}
        height={320}
        table={{
          header: [
            t('precision.share_percent'),
            t('yields.precision_percent'),
            t('low'),
            t('high'),
            t('consignments'),
            t('known'),
          ],
          rows: points.map((one) => [
            percent(one.share),
            percent(one.precision.estimate),
            percent(one.precision.low),
            percent(one.precision.high),
            Math.round(one.n),
            one.known,
          ]),
        }}
      />
    </>
  );
}

function CalibrationFigure({ data }: { data: Calibration }) {
  const { t } = useTranslation('measures');
  const format = useFormat();
  const { bins } = data;
  const span = (bin: { low: number; high: number }) =>
    `${format.share(bin.low)}–${format.share(bin.high)}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: words and formats go with the language
  const option = useMemo(
    () =>
      calibration(
        bins.map(({ predicted }) => format.share(predicted)),
        bins,
        {
          predicted: t('calibration.predicted'),
          observed: t('calibration.observed'),
          interval: t('interval'),
          x: t('calibration.x'),
          tip: (at) => {
            const bin = bins[at];
            return bin
              ? [
                  t('calibration.bin', { span: span(bin), count: bin.n }),
                  `${t('calibration.predicted')}: ${format.share(bin.predicted)}`,
                  `${t('calibration.observed')}: ${whole(format, bin.observed, 'share')}`,
                ].join('\n')
              : '';
          },
        },
      ),
    [bins, format],
  );
  if (bins.length === 0) return <p className="quiet">{t('no_figures')}</p>;
  const off = bins.filter(
    ({ predicted, observed }) => predicted < observed.low || predicted > observed.high,
  );
  return (
    <>
      <p className={styles.say}>
        {t(off.length === 0 ? 'calibration.said_right' : 'calibration.said', {
          bins: bins.length,
          count: off.length,
          ece: format.number(Number((100 * data.ece).toPrecision(2))),
          spans: off
            .slice(0, 3)
            .map(
              (bin) => `${format.share(bin.predicted)} → ${range(format, bin.observed, 'share')}`,
            )
            .join(', '),
        })}
      </p>
      <Chart
        name="calibration"
        label={t('calibration.title')}
        option={option}
        height={320}
        table={{
          header: [
            t('calibration.from_percent'),
            t('calibration.to_percent'),
            t('calibration.predicted_percent'),
            t('calibration.observed_percent'),
            t('low'),
            t('high'),
            t('consignments'),
            t('inspected'),
          ],
          rows: bins.map((bin) => [
            percent(bin.low),
            percent(bin.high),
            percent(bin.predicted),
            percent(bin.observed.estimate),
            percent(bin.observed.low),
            percent(bin.observed.high),
            bin.n,
            bin.inspected,
          ]),
        }}
      />
    </>
  );
}
