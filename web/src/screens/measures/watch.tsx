// What is watched all the time: how much of its traffic each office saw, and whether the traffic or
// the model has moved away from what was learned.

import { IconBellRinging, IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Chart } from '@/parts/chart/chart';
import { type Cell, csv, save } from '@/parts/download';
import { ExportMenu } from '@/parts/export-menu';
import { Section } from '@/parts/page';
import { Scroll } from '@/parts/scroll';
import { Spark } from '@/parts/spark';
import { Empty, Fetched } from '@/parts/states';
import { Tag } from '@/parts/tag';
import { signal } from './charts';
import styles from './measures.module.css';
import {
  type Coverage as CoverageRow,
  coverageQuery,
  driftQuery,
  type Signal,
  type Window,
} from './queries';

export function Coverage({ window }: { window: Window }) {
  const { t } = useTranslation('measures');
  const query = useQuery(coverageQuery(window));
  const header = ['office', 'regime', 'arrived', 'screened', 'planned', 'inspected', 'share'];
  const rows: Cell[][] = (query.data ?? []).map((one) => [
    one.office,
    one.regime,
    one.arrived,
    one.screened,
    one.planned,
    one.inspected,
    one.share,
  ]);
  return (
    <Section
      title={t('coverage.title')}
      help={t('coverage.help')}
      actions={
        <ExportMenu
          exports={[
            {
              id: 'csv',
              said: 'CSV',
              act: () => save('coverage.csv', csv(header, rows)),
            },
          ]}
        />
      }
    >
      <Fetched query={query}>
        {(data) =>
          data.length === 0 ? <Empty title={t('coverage.none')} /> : <CoverageTable rows={data} />
        }
      </Fetched>
    </Section>
  );
}

function CoverageTable({ rows }: { rows: CoverageRow[] }) {
  const { t } = useTranslation('measures');
  const format = useFormat();
  const arrived = rows.reduce((sum, row) => sum + row.arrived, 0);
  const inspected = rows.reduce((sum, row) => sum + row.inspected, 0);
  const unscreened = rows.reduce((sum, row) => sum + row.arrived - row.screened, 0);
  const most = Math.max(...rows.map(({ share }) => share ?? 0), 1e-9);
  return (
    <>
      <p className={styles.say}>
        {t('coverage.said', {
          arrived: format.count(arrived),
          inspected: format.count(inspected),
          share: format.share(arrived > 0 ? inspected / arrived : 0),
        })}{' '}
        {unscreened > 0 && t('coverage.unscreened', { count: unscreened })}
      </p>
      <Scroll label={t('coverage.title')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('office')}</th>
              <th scope="col">{t('regime.label')}</th>
              {['arrived', 'screened', 'planned', 'inspected'].map((name) => (
                <th key={name} scope="col" className="end">
                  {t(`coverage.${name}`)}
                </th>
              ))}
              <th scope="col">{t('coverage.share')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.office} ${row.regime}`}>
                <th scope="row">{row.office}</th>
                <td>{t(`regime.${row.regime}`)}</td>
                <td className="end">{format.count(row.arrived)}</td>
                <td className="end">{format.count(row.screened)}</td>
                <td className="end">{format.count(row.planned)}</td>
                <td className="end">{format.count(row.inspected)}</td>
                <td>
                  {row.share === null ? (
                    '–'
                  ) : (
                    <span className={styles.meter}>
                      <span className={styles.meterWords}>{format.share(row.share)}</span>
                      <svg width="120" height="10" aria-hidden="true">
                        <rect
                          className={styles.meterBar}
                          width={Math.max(1, (120 * row.share) / most)}
                          height="10"
                        />
                      </svg>
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

const keyOf = (one: Signal) => `${one.office} ${one.regime} ${one.signal}`;

export function Drift({ office }: { office: string | null }) {
  const { t } = useTranslation('measures');
  const query = useQuery(driftQuery(office));
  return (
    <Section title={t('drift.title')} help={t('drift.help')}>
      <Fetched query={query}>
        {(signals) =>
          signals.length === 0 ? (
            <Empty title={t('drift.none')}>{t('drift.none_next')}</Empty>
          ) : (
            <Signals signals={signals} />
          )
        }
      </Fetched>
    </Section>
  );
}

function Signals({ signals }: { signals: Signal[] }) {
  const { t } = useTranslation('measures');
  const format = useFormat();
  const ordered = useMemo(
    () => signals.toSorted((a, b) => Number(b.ringing) - Number(a.ringing)),
    [signals],
  );
  const [key, setKey] = useState<string | null>(null);
  const chosen = ordered.find((one) => keyOf(one) === key) ?? ordered[0];
  const ringing = signals.filter((one) => one.ringing);
  const offices = new Set(ringing.map((one) => one.office)).size;
  return (
    <>
      <p className={styles.say}>
        {ringing.length === 0
          ? t('drift.said_quiet', { count: signals.length })
          : t('drift.said', { count: ringing.length, offices })}
      </p>
      <Scroll label={t('drift.title')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('office')}</th>
              <th scope="col">{t('regime.label')}</th>
              <th scope="col">{t('drift.signal')}</th>
              <th scope="col" className="end">
                {t('drift.value')}
              </th>
              <th scope="col" className="end">
                {t('drift.limit')}
              </th>
              <th scope="col">{t('drift.course')}</th>
              <th scope="col">{t('drift.state')}</th>
            </tr>
          </thead>
          <tbody>
            {ordered.map((one) => (
              <tr key={keyOf(one)} data-chosen={one === chosen || undefined}>
                <th scope="row">{one.office}</th>
                <td>{t(`regime.${one.regime}`)}</td>
                <td>
                  <button
                    type="button"
                    className={styles.link}
                    aria-pressed={one === chosen}
                    onClick={() => setKey(keyOf(one))}
                  >
                    {t(`signal.${one.signal}`, { defaultValue: one.signal })}
                  </button>
                  {one.about && <span className="quiet code"> {one.about}</span>}
                </td>
                <td className="end">{one.value === null ? '–' : format.number(one.value)}</td>
                <td className="end">{format.number(one.limit)}</td>
                <td>
                  <Spark
                    values={one.days.map(({ value }) => value)}
                    limit={one.limit}
                    label={t('drift.spark', {
                      count: one.days.length,
                      value: one.value === null ? '–' : format.number(one.value),
                    })}
                  />
                </td>
                <td>
                  {one.ringing ? (
                    <Tag tone="bad" icon={IconBellRinging}>
                      {t('drift.ringing', { since: one.since ?? '' })}
                    </Tag>
                  ) : one.value === null ? (
                    <Tag>{t('drift.unknown')}</Tag>
                  ) : (
                    <Tag tone="good" icon={IconCheck}>
                      {t('drift.quiet')}
                    </Tag>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {chosen && <SignalFigure key={keyOf(chosen)} one={chosen} />}
    </>
  );
}

function SignalFigure({ one }: { one: Signal }) {
  const { t } = useTranslation('measures');
  const format = useFormat();
  const name = `${one.office} · ${t(`regime.${one.regime}`)} · ${t(`signal.${one.signal}`, {
    defaultValue: one.signal,
  })}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: words and formats go with the language
  const option = useMemo(
    () =>
      signal(
        one.days.map(({ day }) => day.slice(5)),
        one.days.map(({ value }) => value),
        one.limit,
        {
          value: t(`signal.${one.signal}`, { defaultValue: one.signal }),
          limit: t('drift.limit'),
          tip: (at) => {
            const day = one.days[at];
            return day ? `${day.day}: ${day.value === null ? '–' : format.number(day.value)}` : '';
          },
        },
      ),
    [one, format],
  );
  return (
    <>
      <h3 className={styles.h3}>{name}</h3>
      <p className="quiet">{t(`signal.${one.signal}_long`, { defaultValue: '' })}</p>
      <Chart
        name={`drift-${one.office}-${one.regime}-${one.signal}`}
        label={name}
        option={option}
        height={220}
        table={{
          header: [t('week'), t('drift.value'), t('drift.limit')],
          rows: one.days.map(({ day, value }) => [day, value, one.limit]),
        }}
      />
    </>
  );
}
