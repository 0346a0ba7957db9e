// Why two records are one, or are not: what any two records begin with, what each field says for
// and against, and what comes out; a person's word stands above the sum.
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '@/app/format';
import { Notice } from '@/parts/notice';
import { Section } from '@/parts/page';
import { Scroll } from '@/parts/scroll';
import { Fetched } from '@/parts/states';
import { Mark, Push, Ticks } from '@/parts/waterfall/drawn';
import { barsOf, scaleOf } from '@/parts/waterfall/waterfall';
import styles from './entities.module.css';
import type { Address, Go } from './index';
import {
  type EntityPage,
  type EntityRecord,
  type RecordWaterfall,
  type WaterfallStep,
  waterfallQuery,
} from './queries';

/** A bit of evidence doubles the odds; the drawing counts in natural logarithms of odds. */
const LOG_ODDS_OF_BIT = Math.LN2;

/** The scale is narrow here, so its ticks stand further apart. */
const TICKS_APART = 0.34;

/** How much a step says: ×8 for, ÷4 against. */
export function factorOf(bits: number, format: Format): string {
  if (Math.abs(bits) < 0.05) return '×1';
  const factor = 2 ** Math.abs(bits);
  const said = factor >= 1e6 ? `10^${Math.round(Math.log10(factor))}` : format.number(factor);
  return bits > 0 ? `×${said}` : `÷${said}`;
}

/** The record that fits least: the one to look at first. */
export function weakest(records: EntityRecord[]): EntityRecord | undefined {
  return records
    .filter(({ probability }) => probability != null)
    .toSorted((a, b) => (a.probability ?? 1) - (b.probability ?? 1))[0];
}

interface Props {
  page: EntityPage;
  address: Address;
  go: Go;
}

export function WhyOne({ page, address, go }: Props) {
  const { t } = useTranslation('entities');
  const { records } = page;
  const record =
    records.find(({ id }) => id === address.record) ?? weakest(records) ?? records.at(-1);
  const other = records.find(({ id }) => id === address.other && id !== record?.id)?.id ?? null;
  const query = useQuery({
    ...waterfallQuery(page.id, record?.id ?? '', other),
    enabled: record !== undefined,
  });
  const label = ({ id, name, address: place }: EntityRecord) =>
    [id, name || t('unnamed'), place].filter(Boolean).join(' · ').slice(0, 70);
  return (
    <div id="why-one" tabIndex={-1}>
      <Section title={t('why.title')} help={t('why.help')}>
        <div className={styles.pair}>
          <NativeSelect
            label={t('why.record')}
            value={record?.id}
            onChange={(event) => go({ record: event.currentTarget.value, other: undefined })}
            data={records.map((one) => ({ value: one.id, label: label(one) }))}
          />
          <NativeSelect
            label={t('why.other')}
            value={other ?? ''}
            onChange={(event) => go({ other: event.currentTarget.value || undefined })}
            data={[
              { value: '', label: t('why.best') },
              ...records
                .filter(({ id }) => id !== record?.id)
                .map((one) => ({ value: one.id, label: label(one) })),
            ]}
          />
        </div>
        <Fetched query={query}>{(waterfall) => <WaterfallTable waterfall={waterfall} />}</Fetched>
      </Section>
    </div>
  );
}

export function WaterfallTable({ waterfall }: { waterfall: RecordWaterfall }) {
  const { t } = useTranslation('entities');
  const format = useFormat();
  const { start_bits, steps, total_bits, decided } = waterfall;
  const { bars, scale } = useMemo(() => {
    const pushes = steps.map((step) => ({ ...step, push: step.bits * LOG_ODDS_OF_BIT }));
    const all = barsOf<WaterfallStep & { push: number }>(start_bits * LOG_ODDS_OF_BIT, pushes, 0);
    return {
      bars: all,
      scale: scaleOf(
        [start_bits * LOG_ODDS_OF_BIT, total_bits * LOG_ODDS_OF_BIT, ...all.map(({ to }) => to)],
        TICKS_APART,
      ),
    };
  }, [start_bits, steps, total_bits]);
  const value = (text: string) => text || <span className="quiet">{t('why.nothing')}</span>;
  return (
    <>
      <p className={styles.say}>
        {t(waterfall.same_entity ? 'why.said_same' : 'why.said_other', {
          record: waterfall.record,
          other: waterfall.other,
          share: format.share(waterfall.probability),
          threshold: format.share(waterfall.threshold),
        })}
      </p>
      {decided && (
        <Notice tone="note">
          {t(`why.decided_${decided.act}`, {
            by: decided.by,
            at: format.time(decided.at),
            reason: decided.reason,
          })}
        </Notice>
      )}
      <Scroll label={t('why.title')}>
        <table className={styles.waterfall}>
          <thead>
            <tr>
              <th scope="col">{t('why.field')}</th>
              <th scope="col">{waterfall.record}</th>
              <th scope="col">{waterfall.other}</th>
              <th scope="col" aria-hidden className={styles.drawn}>
                <Ticks scale={scale} share={format.share} />
              </th>
              <th scope="col" className="end">
                {t('why.odds')}
              </th>
              <th scope="col" className="end">
                {t('why.chance')}
              </th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row" colSpan={3} className="quiet">
                {t('why.start')}
              </th>
              <td aria-hidden className={styles.drawn}>
                <Mark scale={scale} at={start_bits * LOG_ODDS_OF_BIT} />
              </td>
              <td />
              <td className="end">{format.share(1 / (1 + 2 ** -start_bits))}</td>
            </tr>
            {bars.map((bar) => (
              <tr key={bar.step?.field ?? 'rest'}>
                <th scope="row">
                  {t(`field.${bar.step?.field}`, { defaultValue: bar.step?.field ?? '' })}
                  <div className="quiet">{bar.step && format.said(bar.step.said)}</div>
                </th>
                <td translate="no" className={styles.value}>
                  {value(bar.step?.left ?? '')}
                </td>
                <td translate="no" className={styles.value}>
                  {value(bar.step?.right ?? '')}
                </td>
                <td aria-hidden className={styles.drawn}>
                  <Push scale={scale} bar={bar} />
                </td>
                <td className="end">{factorOf(bar.step?.bits ?? 0, format)}</td>
                <td className="end">{format.share(bar.chance)}</td>
              </tr>
            ))}
            <tr>
              <th scope="row" colSpan={3}>
                <strong>{t('why.total')}</strong>
              </th>
              <td aria-hidden className={styles.drawn}>
                <Mark scale={scale} at={total_bits * LOG_ODDS_OF_BIT} final />
              </td>
              <td />
              <td className="end">
                <strong>{format.share(waterfall.probability)}</strong>
              </td>
            </tr>
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
