// How the measures are drawn. Every estimate has its interval, and nothing is drawn that the table
// beneath does not hold.
import type { IntervalValue } from '@/app/format';
import type { Colours, Option } from '@/parts/chart/chart';
import { axis, band, boxes, frame, HATCH, legend, WHISKER, whiskers } from '@/parts/chart/pieces';

interface IcebergWords {
  found: string;
  missed: string;
  interval: string;
  tip: (index: number) => string;
}

interface Berg {
  found: number;
  missed: IntervalValue;
  estimate: number;
  low: number;
  high: number;
}

export function iceberg(labels: string[], bergs: Berg[], words: IcebergWords) {
  return (colours: Colours): Option => ({
    grid: frame,
    legend: legend(colours, [words.found, words.missed, { name: words.interval, icon: WHISKER }]),
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      formatter: (items: { dataIndex: number }[]) => words.tip(items[0]?.dataIndex ?? 0),
    },
    xAxis: { type: 'category', data: labels, ...axis(colours) },
    yAxis: { type: 'value', ...axis(colours) },
    series: [
      {
        name: words.found,
        type: 'bar',
        stack: 'all',
        barMaxWidth: 46,
        itemStyle: { color: colours.series[0] },
        data: bergs.map(({ found }) => found),
      },
      {
        name: words.missed,
        type: 'bar',
        stack: 'all',
        barMaxWidth: 46,
        itemStyle: {
          color: colours.band,
          borderColor: colours.series[0],
          borderWidth: 1,
          decal: { ...HATCH, color: colours.sheet },
        },
        data: bergs.map(({ found, estimate }) => Math.max(0, estimate - found)),
      },
      {
        ...whiskers(
          words.interval,
          bergs.map(({ low, high }, at) => [at, low, high]),
          colours.text,
          colours.sheet,
        ),
        itemStyle: { color: colours.text },
      },
    ],
  });
}

interface CourseWords {
  share: string;
  interval: string;
  band: string;
  tip: (index: number) => string;
}

export function course(
  labels: string[],
  shares: (IntervalValue | null)[],
  bands: (IntervalValue | null)[],
  words: CourseWords,
) {
  const known = shares.flatMap((one, at): [number, number, number][] =>
    one ? [[at, 100 * one.low, 100 * one.high]] : [],
  );
  return (colours: Colours): Option => ({
    grid: frame,
    legend: legend(colours, [words.share, { name: words.interval, icon: WHISKER }, words.band]),
    tooltip: {
      trigger: 'axis',
      formatter: (items: { dataIndex: number }[]) => words.tip(items[0]?.dataIndex ?? 0),
    },
    xAxis: { type: 'category', data: labels, ...axis(colours) },
    yAxis: {
      type: 'value',
      ...axis(colours),
      axisLabel: { color: colours.text, formatter: '{value}%' },
    },
    series: [
      boxes(
        words.band,
        bands.flatMap((one, at): [number, number, number][] =>
          one ? [[at, 100 * one.low, 100 * one.high]] : [],
        ),
        colours.band,
      ),
      {
        ...whiskers(words.interval, known, colours.quiet, colours.sheet),
        itemStyle: { color: colours.quiet },
      },
      {
        name: words.share,
        type: 'line',
        z: 6,
        symbol: 'circle',
        symbolSize: 8,
        lineStyle: { width: 2.5 },
        itemStyle: { color: colours.series[0] },
        data: shares.map((one) => (one ? 100 * one.estimate : null)),
      },
    ],
  });
}

const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond'];

/** Estimates side by side, each with its interval and its value written beside it. */
export function dots(
  labels: string[],
  values: (IntervalValue | null)[],
  write: (value: number) => string,
) {
  return (colours: Colours): Option => ({
    grid: { ...frame, top: 8, right: 70 },
    xAxis: {
      type: 'value',
      min: 0,
      ...axis(colours),
      axisLabel: { color: colours.text, formatter: (value: number) => write(value) },
    },
    yAxis: { type: 'category', inverse: true, data: labels, ...axis(colours) },
    series: [
      whiskers(
        '',
        values.flatMap((one, at): [number, number, number][] =>
          one ? [[at, one.low, one.high]] : [],
        ),
        colours.text,
        colours.sheet,
        true,
      ),
      {
        type: 'scatter',
        z: 6,
        symbolSize: 15,
        data: values.flatMap((one, at) =>
          one
            ? [
                {
                  value: [one.estimate, at],
                  symbol: SYMBOLS[at % SYMBOLS.length],
                  itemStyle: { color: colours.series[at % colours.series.length] },
                  label: {
                    show: true,
                    position: 'top',
                    color: colours.text,
                    formatter: write(one.estimate),
                  },
                },
              ]
            : [],
        ),
      },
    ],
  });
}

interface PrecisionWords {
  list: string;
  random: string;
  x: string;
  tip: (index: number) => string;
}

export function precision(
  labels: string[],
  values: IntervalValue[],
  random: IntervalValue | null,
  words: PrecisionWords,
) {
  return (colours: Colours): Option => ({
    grid: { ...frame, bottom: 30 },
    legend: legend(colours, [words.list, words.random]),
    tooltip: {
      trigger: 'axis',
      formatter: (items: { dataIndex: number }[]) => words.tip(items[0]?.dataIndex ?? 0),
    },
    xAxis: {
      type: 'category',
      data: labels,
      name: words.x,
      nameLocation: 'middle',
      nameGap: 30,
      ...axis(colours),
    },
    yAxis: {
      type: 'value',
      ...axis(colours),
      axisLabel: { color: colours.text, formatter: '{value}%' },
    },
    series: [
      ...band(' ', values, colours.band, 100),
      {
        name: words.list,
        type: 'line',
        z: 6,
        symbol: 'circle',
        symbolSize: 8,
        lineStyle: { width: 2.5 },
        itemStyle: { color: colours.series[0] },
        data: values.map(({ estimate }) => 100 * estimate),
      },
      ...(random
        ? [
            {
              name: words.random,
              type: 'line',
              z: 5,
              symbol: 'diamond',
              symbolSize: 8,
              lineStyle: { width: 2, type: 'dashed' },
              itemStyle: { color: colours.series[1] },
              data: values.map(() => 100 * random.estimate),
            },
          ]
        : []),
    ],
  });
}

interface CalibrationWords {
  predicted: string;
  observed: string;
  interval: string;
  x: string;
  tip: (index: number) => string;
}

export function calibration(
  labels: string[],
  bins: { predicted: number; observed: IntervalValue }[],
  words: CalibrationWords,
) {
  // Chances of the rare and of the likely on one scale. What is nothing at all stands at its foot;
  // the table has the numbers as they are.
  const known = bins.flatMap(({ predicted, observed }) => [
    predicted,
    observed.estimate,
    observed.low,
  ]);
  const least = Math.min(...known.filter((value) => value > 0), 0.1);
  const foot = 10 ** Math.floor(Math.log10(100 * least));
  const seen = (value: number) => Math.max(foot, 100 * value);
  return (colours: Colours): Option => ({
    grid: { ...frame, bottom: 30 },
    legend: legend(colours, [
      words.predicted,
      words.observed,
      { name: words.interval, icon: WHISKER },
    ]),
    tooltip: {
      trigger: 'axis',
      formatter: (items: { dataIndex: number }[]) => words.tip(items[0]?.dataIndex ?? 0),
    },
    xAxis: {
      type: 'category',
      data: labels,
      name: words.x,
      nameLocation: 'middle',
      nameGap: 30,
      ...axis(colours),
    },
    yAxis: {
      type: 'log',
      min: foot,
      ...axis(colours),
      axisLabel: { color: colours.text, formatter: '{value}%' },
    },
    series: [
      {
        ...whiskers(
          words.interval,
          bins.map(({ observed }, at) => [at, seen(observed.low), seen(observed.high)]),
          colours.text,
          colours.sheet,
        ),
        itemStyle: { color: colours.text },
      },
      {
        name: words.observed,
        type: 'scatter',
        z: 6,
        symbol: 'circle',
        symbolSize: 12,
        itemStyle: { color: colours.series[0] },
        data: bins.map(({ observed }) => seen(observed.estimate)),
      },
      {
        name: words.predicted,
        type: 'line',
        z: 4,
        symbol: 'emptyDiamond',
        symbolSize: 12,
        lineStyle: { type: 'dashed', width: 2 },
        itemStyle: { color: colours.series[1] },
        data: bins.map(({ predicted }) => seen(predicted)),
      },
    ],
  });
}

interface CapacityWords {
  finds: string;
  interval: string;
  officers: string;
  tip: (index: number) => string;
}

export function capacity(
  points: { label: string; finds: IntervalValue; share: string }[],
  words: CapacityWords,
) {
  return (colours: Colours): Option => ({
    grid: { ...frame, bottom: 30 },
    legend: legend(colours, [words.finds, { name: words.interval, icon: WHISKER }]),
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      formatter: (items: { dataIndex: number }[]) => words.tip(items[0]?.dataIndex ?? 0),
    },
    xAxis: {
      type: 'category',
      data: points.map(({ label }) => label),
      name: words.officers,
      nameLocation: 'middle',
      nameGap: 30,
      ...axis(colours),
    },
    yAxis: { type: 'value', ...axis(colours) },
    series: [
      {
        name: words.finds,
        type: 'bar',
        barMaxWidth: 56,
        itemStyle: { color: colours.series[0] },
        data: points.map(({ finds, share }) => ({
          value: finds.estimate,
          label: {
            show: true,
            position: 'insideBottom',
            distance: 10,
            color: colours.sheet,
            fontWeight: 'bold',
            formatter: share,
          },
        })),
      },
      {
        ...whiskers(
          words.interval,
          points.map(({ finds }, at) => [at, finds.low, finds.high]),
          colours.text,
          colours.sheet,
        ),
        itemStyle: { color: colours.text },
      },
    ],
  });
}

interface SignalWords {
  value: string;
  limit: string;
  tip: (index: number) => string;
}

export function signal(
  labels: string[],
  values: (number | null)[],
  limit: number,
  words: SignalWords,
) {
  return (colours: Colours): Option => ({
    grid: frame,
    legend: legend(colours, [words.value, words.limit]),
    tooltip: {
      trigger: 'axis',
      formatter: (items: { dataIndex: number }[]) => words.tip(items[0]?.dataIndex ?? 0),
    },
    xAxis: { type: 'category', data: labels, ...axis(colours) },
    yAxis: { type: 'value', ...axis(colours) },
    series: [
      {
        name: words.value,
        type: 'line',
        symbol: 'circle',
        symbolSize: 7,
        lineStyle: { width: 2.5 },
        itemStyle: { color: colours.series[0] },
        data: values,
      },
      {
        name: words.limit,
        type: 'line',
        symbol: 'none',
        lineStyle: { width: 2, type: 'dashed' },
        itemStyle: { color: colours.series[1] },
        data: values.map(() => limit),
      },
    ],
  });
}
