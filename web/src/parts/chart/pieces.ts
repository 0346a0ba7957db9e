// The pieces that charts are put together from: intervals as whiskers and bands, and axes in the
// tokens of the scheme. What differs differs by shape or hatching as well as by colour.
import type { IntervalValue } from '@/app/format';
import type { Colours } from './canvas';

interface Api {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
  size(span: [number, number]): [number, number];
}

/** Place, low end, high end. */
type Span = [number, number, number];

/** From low to high with a bar at each end, seen on any ground by the halo around it. */
export function whiskers(name: string, data: Span[], colour: string, halo: string, across = false) {
  return {
    name,
    type: 'custom',
    z: 5,
    silent: true,
    data,
    encode: across ? { x: [1, 2], y: 0 } : { x: 0, y: [1, 2] },
    renderItem: (_: unknown, api: Api) => {
      const place = api.value(0);
      const end = (dimension: number): [number, number] =>
        across
          ? api.coord([api.value(dimension), place])
          : api.coord([place, api.value(dimension)]);
      const [[x1, y1], [x2, y2]] = [end(1), end(2)];
      const [dx, dy] = across ? [0, 5] : [5, 0];
      const lines = [
        { x1, y1, x2, y2 },
        { x1: x1 - dx, y1: y1 - dy, x2: x1 + dx, y2: y1 + dy },
        { x1: x2 - dx, y1: y2 - dy, x2: x2 + dx, y2: y2 + dy },
      ];
      const drawn = (stroke: string, lineWidth: number) =>
        lines.map((shape) => ({ type: 'line', shape, style: { stroke, lineWidth } }));
      return { type: 'group', children: [...drawn(halo, 4.5), ...drawn(colour, 1.7)] };
    },
  };
}

/** From low to high as a box as wide as most of its place: a band that one week alone shows too. */
export function boxes(name: string, data: Span[], colour: string) {
  return {
    name,
    type: 'custom',
    z: 1,
    silent: true,
    data,
    encode: { x: 0, y: [1, 2] },
    itemStyle: { color: colour },
    renderItem: (_: unknown, api: Api) => {
      const [x, top] = api.coord([api.value(0), api.value(2)]);
      const [, bottom] = api.coord([api.value(0), api.value(1)]);
      const width = api.size([1, 0])[0] * 0.72;
      return {
        type: 'rect',
        shape: { x: x - width / 2, y: top, width, height: Math.max(1, bottom - top) },
        style: { fill: colour, opacity: 0.55 },
      };
    },
  };
}

/** The area between two lines: a clear line below, and what is above it filled. */
export function band(name: string, values: (IntervalValue | null)[], colour: string, scale = 1) {
  const common = {
    type: 'line',
    stack: name,
    symbol: 'none',
    silent: true,
    lineStyle: { opacity: 0 },
    z: 1,
  };
  return [
    {
      ...common,
      name: `${name} `,
      data: values.map((one) => (one ? one.low * scale : null)),
      tooltip: { show: false },
    },
    {
      ...common,
      name,
      data: values.map((one) => (one ? (one.high - one.low) * scale : null)),
      areaStyle: { color: colour, opacity: 0.55 },
      itemStyle: { color: colour },
      tooltip: { show: false },
    },
  ];
}

export const HATCH = {
  symbol: 'rect',
  dashArrayX: [1, 0],
  dashArrayY: [2, 5],
  rotation: -Math.PI / 4,
};

export const axis = (colours: Colours) => ({
  axisLine: { lineStyle: { color: colours.quiet } },
  axisTick: { show: false },
  axisLabel: { color: colours.text },
  splitLine: { lineStyle: { color: colours.grid } },
  nameTextStyle: { color: colours.quiet },
});

export const frame = { left: 8, right: 16, top: 40, bottom: 8, containLabel: true };

/** How an interval is drawn, as a sign of the legend. */
export const WHISKER = 'path://M9 0h2v20h-2zM4 0h12v2h-12zM4 18h12v2h-12z';

export const legend = (colours: Colours, data: (string | { name: string; icon: string })[]) => ({
  data,
  top: 0,
  left: 0,
  itemGap: 18,
  textStyle: { color: colours.text },
});
