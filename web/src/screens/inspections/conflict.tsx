// Two reports of one consignment: what this device made beside what the register holds. Neither
// goes until the person has chosen, and letting one's own go takes a second press.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { type Outbox, useCodes } from './dock';
import styles from './inspections.module.css';
import { OutcomeTag } from './outcome-words';
import type { Code, Entry, OutcomeKind } from './shapes';

interface Side {
  outcome: OutcomeKind;
  reason?: string | null;
  modality?: string | null;
  minutes?: number | null;
  detection_method?: string | null;
  place?: string | null;
  method?: string | null;
  note?: string | null;
  exhibits: { substance: string; quantity: number; unit: string }[];
  photos?: { sha256: string }[];
}

export function Conflict({ entry, outbox }: { entry: Entry; outbox: Outbox }) {
  const { t } = useTranslation('inspections');
  const format = useFormat();
  const [sure, setSure] = useState(false);
  const { report, theirs } = entry;
  return (
    <section className={styles.conflict} aria-label={t('conflict.title')}>
      <h3>{t('conflict.title')}</h3>
      <p>{t('conflict.said')}</p>
      <div className={styles.sides}>
        <div>
          <h4>{t('conflict.mine')}</h4>
          <p className="quiet">{format.time(report.examined_at)}</p>
          <SideFacts side={report} />
        </div>
        <div>
          <h4>{t('conflict.theirs')}</h4>
          {theirs ? (
            <>
              <p className="quiet">
                {t('recorded.by', {
                  officer: theirs.officer,
                  time: format.time(theirs.recorded_at),
                  count: theirs.revision,
                })}
              </p>
              <SideFacts side={theirs} />
            </>
          ) : (
            <p>{t('conflict.unknown')}</p>
          )}
        </div>
      </div>
      <div className={styles.acts}>
        <Button size="lg" onClick={() => void outbox.insist(entry.id)}>
          {t('conflict.insist')}
        </Button>
        {sure ? (
          <Button size="lg" color="red" onClick={() => void outbox.discard(entry.id)}>
            {t('conflict.discard_sure')}
          </Button>
        ) : (
          <Button size="lg" variant="default" onClick={() => setSure(true)}>
            {t('conflict.discard')}
          </Button>
        )}
      </div>
    </section>
  );
}

function SideFacts({ side }: { side: Side }) {
  const { t } = useTranslation('inspections');
  const format = useFormat();
  const { data: codes } = useCodes();
  const named = (list: Code[] | undefined, code: string | null | undefined) => {
    const known = list?.find((one) => one.code === code);
    return known ? format.said(known.said) : (code ?? null);
  };
  const facts: [string, string | null][] = [
    [
      t('form.exhibits'),
      side.exhibits
        .map(({ substance, quantity, unit }) =>
          [
            named(codes?.substances, substance),
            `${format.number(quantity)} ${named(codes?.units, unit)}`,
          ].join(' '),
        )
        .join(', ') || null,
    ],
    [
      t('form.reason'),
      side.outcome === 'not_examined'
        ? named(codes?.not_examined_reasons, side.reason)
        : side.reason || null,
    ],
    [t('form.modality'), named(codes?.modalities, side.modality)],
    [t('form.minutes'), side.minutes ? format.minutes(side.minutes) : null],
    [t('form.detection_method'), named(codes?.detection_methods, side.detection_method)],
    [t('form.place'), named(codes?.concealment_places, side.place)],
    [t('form.method'), named(codes?.concealment_methods, side.method)],
    [t('form.note'), side.note || null],
    [
      t('photo.title'),
      side.photos?.length ? t('photo.count', { count: side.photos.length }) : null,
    ],
  ];
  return (
    <>
      <OutcomeTag outcome={side.outcome} />
      <dl className={styles.facts}>
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </>
  );
}
