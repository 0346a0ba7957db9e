// The drawing itself, by the parts of ECharts that are used and no others. Tips are drawn on the
// canvas: as HTML they would need styles that the page's policy forbids.
import { useComputedColorScheme } from '@mantine/core';
import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([
  BarChart,
  CanvasRenderer,
  CustomChart,
  DataZoomComponent,
  GridComponent,
  HeatmapChart,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  ScatterChart,
  TooltipComponent,
  VisualMapComponent,
]);

export type Option = EChartsCoreOption;

/** The tokens of the scheme that is on. */
export interface Colours {
  series: string[];
  band: string;
  grid: string;
  text: string;
  quiet: string;
  sheet: string;
}

export interface Drawing {
  picture: () => Blob;
}

interface Props {
  option: (colours: Colours) => Option;
  ready: (drawing: Drawing | null) => void;
  onPick?: (event: { name: string; dataIndex: number; seriesName?: string }) => void;
}

function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    series: [1, 2, 3, 4, 5].map((number) => token(`--chart-${number}`)),
    band: token('--chart-band'),
    grid: token('--chart-grid'),
    text: token('--mantine-color-text'),
    quiet: token('--quiet'),
    sheet: token('--sheet'),
  };
}

export default function Canvas({ option, ready, onPick }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const scheme = useComputedColorScheme('light');
  const tell = useRef({ ready, onPick });
  tell.current = { ready, onPick };

  useEffect(() => {
    if (!box.current) return;
    const made = init(box.current, null, { renderer: 'canvas' });
    chart.current = made;
    made.on('click', (event) =>
      tell.current.onPick?.({
        name: event.name,
        dataIndex: event.dataIndex,
        ...(event.seriesName ? { seriesName: event.seriesName } : {}),
      }),
    );
    tell.current.ready({
      picture: () => {
        const [head = '', body = ''] = made
          .getDataURL({ pixelRatio: 2, backgroundColor: colours().sheet })
          .split(',');
        const bytes = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
        return new Blob([bytes], { type: /:(.*?);/.exec(head)?.[1] ?? 'image/png' });
      },
    });
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(box.current);
    const { ready: tellReady } = tell.current;
    return () => {
      watch.disconnect();
      tellReady(null);
      chart.current = null;
      made.dispose();
    };
  }, []);

  // Drawn again when the scheme changes: the tokens are read from the page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme is read through the page
  useEffect(() => {
    const tones = colours();
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const { tooltip, ...rest } = option(tones);
    chart.current?.setOption(
      {
        animation: !still,
        color: tones.series,
        textStyle: { color: tones.text, fontFamily: getComputedStyle(document.body).fontFamily },
        ...rest,
        ...(tooltip
          ? {
              tooltip: {
                confine: true,
                backgroundColor: tones.sheet,
                borderColor: tones.grid,
                textStyle: { color: tones.text },
                ...tooltip,
                renderMode: 'richText',
              },
            }
          : {}),
      },
      { notMerge: true },
    );
  }, [option, scheme]);

  return <div ref={box} style={{ width: '100%', height: '100%' }} />;
}
