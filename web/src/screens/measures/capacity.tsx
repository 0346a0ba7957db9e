// What if there were more officers, or fewer: what the recorded chances say that they would find.
// The numbers of officers are the reader's own to choose.
import { Button, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Chart } from '@/parts/chart/chart';
import { Section } from '@/parts/page';
import { about, range, whole } from '@/parts/say';
import { Fetched } from '@/parts/states';
import { capacity } from './charts';
import { percent } from './iceberg';
import styles from './measures.module.css';
import { type Capacity as CapacityFigures, capacityQuery, type Window } from './queries';

const USUAL = [70, 100, 200];
const MOST = 8;

/** "70, 100, 200" as numbers, or nothing when one of them is none. */
export function officersOf(typed: string): number[] | null {
  const numbers = typed
    .normalize('NFKC')
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  const sound = numbers.every((one) => Number.isFinite(one) && one > 0 && one <= 100_000);
  if (!sound || numbers.length === 0 || numbers.length > MOST) return null;
  return [...new Set(numbers)].sort((a, b) => a - b);
}

export function Capacity({ window }: { window: Window }) {
  const { t } = useTranslation('measures');
  const [officers, setOfficers] = useState(USUAL);
  const [now, setNow] = useState<number | null>(null);
  const [typed, setTyped] = useState(USUAL.join(', '));
  const [typedNow, setTypedNow] = useState('');
  const [faults, setFaults] = useState({ officers: false, now: false });
  const query = useQuery({
    ...capacityQuery(window, officers, now),
    placeholderData: keepPreviousData,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = officersOf(typed);
    const [own] = typedNow.trim() === '' ? [null] : (officersOf(typedNow) ?? [undefined]);
    setFaults({ officers: wanted === null, now: own === undefined });
    if (wanted === null || own === undefined) return;
    setOfficers(wanted);
    setNow(own);
  };
  return (
    <Section title={t('capacity.title')} help={t('capacity.help')}>
      <form className={`${styles.dates} unprinted`} onSubmit={submit} noValidate>
        <TextInput
          label={t('capacity.officers')}
          description={t('capacity.officers_hint')}
          value={typed}
          inputMode="text"
          error={faults.officers && t('capacity.officers_fault', { count: MOST })}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <TextInput
          label={t('capacity.now')}
          description={t('capacity.now_hint')}
          value={typedNow}
          inputMode="numeric"
          placeholder={query.data ? String(Math.round(query.data.officers_now * 10) / 10) : ''}
          error={faults.now && t('capacity.now_fault')}
          onChange={(event) => setTypedNow(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={query.isFetching}>
          {t('capacity.ask')}
        </Button>
      </form>
      <Fetched query={query}>{(data) => <Figure data={data} />}</Fetched>
    </Section>
  );
}

function Figure({ data }: { data: CapacityFigures }) {
  const { t } = useTranslation('measures');
  const format = useFormat();
  const { points } = data;
  // biome-ignore lint/correctness/useExhaustiveDependencies: words and formats go with the language
  const option = useMemo(
    () =>
      capacity(
        points.map(({ officers, finds, share }) => ({
          label: t('capacity.people', { count: officers }),
          finds,
          share: share ? format.share(share.estimate) : '',
        })),
        {
          finds: t('capacity.finds'),
          interval: t('interval'),
          officers: t('capacity.officers'),
          tip: (at) => {
            const one = points[at];
            if (!one) return '';
            return [
              t('capacity.people', { count: one.officers }),
              `${t('capacity.inspections')}: ${about(format, one.inspections)}`,
              `${t('capacity.finds')}: ${whole(format, one.finds, 'count')}`,
              one.share && `${t('found_share')}: ${whole(format, one.share, 'share')}`,
            ]
              .filter(Boolean)
              .join('\n');
          },
        },
      ),
    [points, format],
  );
  if (points.length === 0) return <p className="quiet">{t('no_figures')}</p>;
  return (
    <>
      <p className={styles.say}>
        {t('capacity.said_now', {
          officers: format.number(data.officers_now),
          days: format.count(data.days),
        })}{' '}
        {points
          .map((one) =>
            t('capacity.said', {
              officers: format.number(one.officers),
              finds: about(format, one.finds.estimate),
              finds_range: range(format, one.finds, 'count'),
              share: one.share ? format.share(one.share.estimate) : '–',
              share_range: one.share ? range(format, one.share, 'share') : '–',
            }),
          )
          .join(' ')}
      </p>
      <Chart
        name="capacity"
        label={t('capacity.title')}
        option={option}
        height={320}
        table={{
          header: [
            t('capacity.officers'),
            t('capacity.inspections'),
            t('capacity.finds'),
            t('low'),
            t('high'),
            t('found_share_percent'),
            t('capacity.share_low'),
            t('capacity.share_high'),
          ],
          rows: points.map((one) => [
            one.officers,
            Math.round(one.inspections),
            Math.round(one.finds.estimate),
            Math.round(one.finds.low),
            Math.round(one.finds.high),
            percent(one.share?.estimate),
            percent(one.share?.low),
            percent(one.share?.high),
          ]),
        }}
      />
      <details className={styles.details}>
        <summary>{t('iceberg.rests')}</summary>
        <ul>
          {data.assumptions.map((one) => (
            <li key={one.en}>{format.said(one)}</li>
          ))}
        </ul>
      </details>
    </>
  );
}
