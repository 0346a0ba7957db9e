// How a model's like did on days later than those it learned from, beside the one in force. The two
// were judged on different days, which is said; a challenger's fair comparison is `comparison.tsx`.
import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Chart, type Colours, type Option } from '@/parts/chart/chart';
import { axis, frame, legend, WHISKER, whiskers } from '@/parts/chart/pieces';
import { Scroll } from '@/parts/scroll';
import { Empty } from '@/parts/states';
import styles from './models.module.css';
import type { Metrics, ModelDetail, Target } from './queries';

interface Props {
  model: ModelDetail;
  beside: ModelDetail | null;
}

type Goods = 'all' | 'new_goods';

export function Backtests({ model, beside }: Props) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const [target, setTarget] = useState<Target>('irregular');
  const [goods, setGoods] = useState<Goods>('all');
  const own = model.backtest[target][goods] ?? null;
  const other = beside?.backtest[target][goods] ?? null;
  const span = ({ backtest }: ModelDetail) =>
    `${format.day(backtest.judged.first)} – ${format.day(backtest.judged.last)}`;
  return (
    <>
      <div className={`${styles.controls} unprinted`}>
        <SegmentedControl
          aria-label={t('target.label')}
          value={target}
          onChange={(value) => setTarget(value as Target)}
          data={(['irregular', 'critical'] as const).map((value) => ({
            value,
            label: t(`target.${value}`),
          }))}
        />
        <SegmentedControl
          aria-label={t('goods.label')}
          value={goods}
          onChange={(value) => setGoods(value as Goods)}
          data={(['all', 'new_goods'] as const).map((value) => ({
            value,
            label: t(`goods.${value}`),
          }))}
        />
      </div>
      {own ? (
        <>
          <p className={styles.say}>
            {t('backtest.said', {
              learned: `${format.day(model.backtest.learned.first)} – ${format.day(
                model.backtest.learned.last,
              )}`,
              judged: span(model),
              rows: format.count(own.rows),
              positives: format.count(own.positives),
            })}{' '}
            {own.positives < 10 && t('backtest.few', { count: own.positives })}{' '}
            {beside && t('backtest.other_days', { id: beside.id, judged: span(beside) })}
          </p>
          <Figures own={own} other={other} model={model} beside={beside} />
          <Tops own={own} other={other} model={model} beside={beside} target={target} />
        </>
      ) : (
        <Empty title={t('backtest.none')} />
      )}
    </>
  );
}

interface FiguresProps {
  own: Metrics;
  other: Metrics | null;
  model: ModelDetail;
  beside: ModelDetail | null;
}

function Figures({ own, other, model, beside }: FiguresProps) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const auc = ({ auc: value, auc_interval: interval }: Metrics) =>
    typeof value !== 'number'
      ? '–'
      : `${format.number(value)}${
          interval ? ` (${interval.map((one) => format.number(one)).join('–')})` : ''
        }`;
  const rows: [string, string, (metrics: Metrics) => string][] = [
    ['auc', 'higher', auc],
    [
      'pr_auc',
      'higher',
      (one) => (typeof one.pr_auc === 'number' ? format.number(one.pr_auc) : '–'),
    ],
    ['base_rate', 'none', (one) => format.share(one.base_rate)],
    ['brier', 'lower', (one) => format.number(one.brier)],
    ['log_loss', 'lower', (one) => format.number(one.log_loss)],
    ['ece', 'lower', (one) => format.number(one.ece)],
  ];
  return (
    <Scroll label={t('backtest.figures')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('backtest.figure')}</th>
            <th scope="col" className="end">
              {model.id}
            </th>
            {other && beside && (
              <th scope="col" className="end">
                {t('backtest.in_force', { id: beside.id })}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, better, write]) => (
            <tr key={name}>
              <th scope="row">
                {t(`figure.${name}`)}
                {better !== 'none' && <span className="quiet"> {t(`better.${better}`)}</span>}
              </th>
              <td className="end">{write(own)}</td>
              {other && <td className="end">{write(other)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Tops({ own, other, model, beside, target }: FiguresProps & { target: Target }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const sides = useMemo(
    () => [
      { id: model.id, top: own.top },
      ...(other && beside ? [{ id: beside.id, top: other.top }] : []),
    ],
    [model.id, own.top, other, beside],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: words and formats go with the language
  const option = useMemo(
    () =>
      tops(
        own.top.map(({ share }) => t('top.share', { share: format.share(share) })),
        sides,
        own.base_rate,
        { random: t('top.random'), interval: t('interval') },
      ),
    [own, sides, format],
  );
  return (
    <Chart
      name={`backtest-${model.id}-${target}`}
      label={t('top.title')}
      option={option}
      table={{
        header: [
          t('top.opened_percent'),
          ...sides.flatMap(({ id }) => [
            `${id} ${t('top.precision_percent')}`,
            `${id} ${t('top.low')}`,
            `${id} ${t('top.high')}`,
            `${id} ${t('top.recall_percent')}`,
          ]),
        ],
        rows: own.top.map(({ share }, at) => [
          percent(share),
          ...sides.flatMap(({ top }) => {
            const one = top[at];
            return [
              percent(one?.precision),
              percent(one?.precision_interval[0]),
              percent(one?.precision_interval[1]),
              percent(one?.recall),
            ];
          }),
        ]),
      }}
    />
  );
}

const percent = (value: number | null | undefined) =>
  typeof value === 'number' ? Number((100 * value).toPrecision(3)) : null;

const MARKS = ['circle', 'rect'];
/** How far two models stand apart at one depth, in places of the axis. */
const APART = 0.16;

function tops(
  labels: string[],
  sides: { id: string; top: Metrics['top'] }[],
  base: number,
  words: { random: string; interval: string },
) {
  return (colours: Colours): Option => ({
    grid: frame,
    legend: legend(colours, [
      ...sides.map(({ id }) => id),
      { name: words.interval, icon: WHISKER },
      words.random,
    ]),
    xAxis: [
      { type: 'category', data: labels, ...axis(colours) },
      { type: 'value', min: -0.5, max: labels.length - 0.5, show: false },
    ],
    yAxis: {
      type: 'value',
      min: 0,
      ...axis(colours),
      axisLine: { show: false },
      axisLabel: { color: colours.text, formatter: '{value}%' },
    },
    series: [
      {
        name: words.random,
        type: 'line',
        symbol: 'none',
        lineStyle: { type: 'dashed', width: 2 },
        itemStyle: { color: colours.quiet },
        data: labels.map(() => 100 * base),
      },
      ...sides.flatMap(({ id, top }, side) => {
        const shift = sides.length === 1 ? 0 : side === 0 ? -APART : APART;
        const colour = colours.series[side];
        return [
          {
            ...whiskers(
              words.interval,
              top.map(({ precision_interval: [low = 0, high = 0] }, at) => [
                at + shift,
                100 * low,
                100 * high,
              ]),
              colours.text,
              colours.sheet,
            ),
            xAxisIndex: 1,
            itemStyle: { color: colours.text },
          },
          {
            name: id,
            type: 'scatter',
            xAxisIndex: 1,
            z: 6,
            symbol: MARKS[side],
            symbolSize: 13,
            itemStyle: { color: colour },
            data: top.map(({ precision }, at) => [at + shift, 100 * precision]),
          },
        ];
      }),
    ],
  });
}
