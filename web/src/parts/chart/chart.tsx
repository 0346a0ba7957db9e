// A chart with the numbers it is drawn from: the same table stands beneath for who cannot see the
// drawing, and goes out as CSV; the drawing goes out as PNG. ECharts is fetched with the first one.
import { Button, Collapse, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDownload, IconTable } from '@tabler/icons-react';
import { lazy, Suspense, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type Cell, csv, save } from '../download';
import { Loading } from '../states';
import type { Colours, Drawing, Option } from './canvas';
import styles from './chart.module.css';

const Canvas = lazy(() => import('./canvas'));

export type { Colours, Option } from './canvas';

interface Props {
  /** Names the files. */
  name: string;
  /** What a screen reader says in place of the drawing. */
  label: string;
  option: (colours: Colours) => Option;
  table: { header: string[]; rows: Cell[][] };
  height?: number;
  onPick?: (event: { name: string; dataIndex: number; seriesName?: string }) => void;
}

export function Chart({ name, label, option, table, height = 280, onPick }: Props) {
  const { t } = useTranslation('parts');
  const drawing = useRef<Drawing | null>(null);
  const [open, { toggle }] = useDisclosure(false);
  const id = useId();
  return (
    <figure className={styles.chart} aria-label={label}>
      <div role="img" aria-label={label} style={{ height }}>
        <Suspense fallback={<Loading />}>
          <Canvas
            option={option}
            ready={(made) => {
              drawing.current = made;
            }}
            {...(onPick ? { onPick } : {})}
          />
        </Suspense>
      </div>
      <Group gap="xs" className="unprinted">
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconTable size={16} aria-hidden />}
          aria-expanded={open}
          aria-controls={id}
          onClick={toggle}
        >
          {t(open ? 'chart.hide' : 'chart.show')}
        </Button>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => save(`${name}.csv`, csv(table.header, table.rows))}
        >
          CSV
        </Button>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => {
            const picture = drawing.current?.picture();
            if (picture) save(`${name}.png`, picture);
          }}
        >
          PNG
        </Button>
      </Group>
      <Collapse expanded={open} id={id}>
        {/* What scrolls has to be reached by keyboard. */}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
        <div className={styles.table} tabIndex={0} role="region" aria-label={label}>
          <table>
            <thead>
              <tr>
                {table.header.map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row, index) => (
                // Rows of a figure have no other name than their place.
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <tr key={index}>
                  {row.map((cell, column) => (
                    <td
                      key={table.header[column]}
                      className={typeof cell === 'number' ? 'end' : ''}
                    >
                      {cell ?? ''}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Collapse>
    </figure>
  );
}
