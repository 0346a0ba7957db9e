// What came of an inspection, in as few and as large presses as it takes: two for nothing found.
// The form never asks the network for anything; what it makes is kept on the device by its caller.
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { IconCheck, IconMinus, IconPlus } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { toast } from '@/app/toasts';
import { Exhibits } from './exhibits';
import { type Faults, finish, methodOf, withOutcome } from './form';
import styles from './inspections.module.css';
import { MODALITY_ICONS, OUTCOMES } from './outcome-words';
import { Photos } from './photos';
import type { Code, Codes, Draft, Item, Report } from './shapes';

export type ChangeDraft = (before: Draft) => Draft;

interface Props {
  item: Item;
  draft: Draft;
  change: (how: ChangeDraft) => void;
  codes: Codes;
  last: boolean;
  record: (report: Report) => Promise<void>;
}

export function OutcomeForm({ item, draft, change, codes, last, record }: Props) {
  const { t } = useTranslation('inspections');
  const format = useFormat();
  const [faults, setFaults] = useState<Faults>({});
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const rest = useRef<HTMLDivElement>(null);
  const { outcome } = draft;
  const find = outcome === 'discrepancy' || outcome === 'seizure';
  const put = (part: Partial<Draft>) => change((before) => ({ ...before, ...part }));
  const fault = (name: string) => (faults[name] ? t(`fault.${faults[name]}`) : undefined);
  const options = (list: Code[]) => [
    { value: '', label: t('choose') },
    ...list.map(({ code, said }) => ({ value: code, label: format.said(said) })),
  ];

  const submit = async () => {
    const done = finish(draft, new Date());
    if ('faults' in done) {
      setFaults(done.faults);
      requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>('[aria-invalid=true], [data-fault]')?.focus(),
      );
      return;
    }
    setBusy(true);
    try {
      await record(done.report);
    } catch (error) {
      toast.failed(error);
      setBusy(false);
    }
  };

  return (
    <form
      ref={form}
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className={styles.outcomes} role="group" aria-label={t('result')}>
        {OUTCOMES.map(({ kind, tone, icon: Icon }) => (
          <button
            key={kind}
            type="button"
            className={styles.outcome}
            data-tone={tone}
            aria-pressed={outcome === kind}
            onClick={() => {
              setFaults({});
              change((before) => withOutcome(before, kind));
              requestAnimationFrame(() => rest.current?.scrollIntoView({ block: 'nearest' }));
            }}
          >
            <Icon size={28} aria-hidden />
            <span>
              <strong>{t(`outcome.${kind}`)}</strong>
              <small>{t(`outcome.${kind}_long`)}</small>
            </span>
          </button>
        ))}
      </div>

      <div ref={rest} className={styles.form}>
        {outcome === 'not_examined' && (
          <NativeSelect
            size="lg"
            required
            label={t('form.reason')}
            value={draft.reason}
            error={fault('reason')}
            onChange={(event) => put({ reason: event.currentTarget.value })}
            data={options(codes.not_examined_reasons)}
          />
        )}

        {outcome === 'discrepancy' && (
          <Textarea
            size="lg"
            required
            autosize
            minRows={2}
            maxLength={1000}
            label={t('form.finding')}
            placeholder={t('form.finding_hint')}
            value={draft.finding}
            error={fault('finding')}
            onChange={(event) => put({ finding: event.currentTarget.value })}
          />
        )}

        {outcome === 'seizure' && (
          <Exhibits
            exhibits={draft.exhibits}
            codes={codes}
            faults={faults}
            change={(exhibits) => put({ exhibits })}
          />
        )}

        {outcome === 'seizure' && (
          <div className={styles.pair}>
            <NativeSelect
              size="lg"
              required
              label={t('form.place')}
              value={draft.place}
              error={fault('place')}
              onChange={(event) => put({ place: event.currentTarget.value })}
              data={options(codes.concealment_places)}
            />
            <NativeSelect
              size="lg"
              required
              label={t('form.method')}
              value={draft.method}
              error={fault('method')}
              onChange={(event) => put({ method: event.currentTarget.value })}
              data={options(codes.concealment_methods)}
            />
          </div>
        )}

        {outcome && outcome !== 'not_examined' && (
          <>
            <fieldset className={styles.fieldset}>
              <legend>{t('form.modality')}</legend>
              <div className={styles.choices}>
                {codes.modalities.map(({ code, said }) => {
                  const Icon = MODALITY_ICONS[code];
                  return (
                    <button
                      key={code}
                      type="button"
                      className={styles.choice}
                      aria-pressed={draft.modality === code}
                      onClick={() =>
                        change((before) => ({
                          ...before,
                          modality: code,
                          detection_method:
                            find && before.detection_method === methodOf(before.modality)
                              ? methodOf(code)
                              : before.detection_method,
                        }))
                      }
                    >
                      {Icon && <Icon size={22} aria-hidden />}
                      {format.said(said)}
                    </button>
                  );
                })}
              </div>
            </fieldset>
            <div className={styles.pair}>
              <Minutes
                minutes={draft.minutes}
                planned={item.minutes}
                fault={fault('minutes')}
                change={(minutes) => put({ minutes })}
              />
              {find && (
                <NativeSelect
                  size="lg"
                  required
                  label={t('form.detection_method')}
                  value={draft.detection_method}
                  error={fault('detection_method')}
                  onChange={(event) => put({ detection_method: event.currentTarget.value })}
                  data={options(codes.detection_methods)}
                />
              )}
            </div>
          </>
        )}

        {outcome && (
          <>
            <Textarea
              size="lg"
              autosize
              minRows={1}
              maxLength={2000}
              label={t('form.note')}
              value={draft.note}
              error={fault('note')}
              onChange={(event) => put({ note: event.currentTarget.value })}
            />
            <Photos
              consignment={item.consignment}
              account={draft.account}
              photos={draft.photos}
              fault={fault('photos')}
              change={(how) => change((before) => ({ ...before, photos: how(before.photos) }))}
            />
            <Button
              type="submit"
              size="xl"
              fullWidth
              loading={busy}
              leftSection={<IconCheck size={26} aria-hidden />}
              className={styles.submit ?? ''}
            >
              {t(last ? 'form.record' : 'form.record_next')}
            </Button>
          </>
        )}
      </div>
    </form>
  );
}

interface MinutesProps {
  minutes: number;
  planned: number;
  fault: string | undefined;
  change: (minutes: number) => void;
}

const STEP = 5;

function Minutes({ minutes, planned, fault, change }: MinutesProps) {
  const { t } = useTranslation('inspections');
  // From 7 the next steps are 5 and 10: what is written is round unless it is typed.
  const down = () => change(Math.max(1, Math.ceil(minutes / STEP) * STEP - STEP));
  const up = () => change(Math.floor(minutes / STEP) * STEP + STEP);
  return (
    <div className={styles.minutes}>
      <button type="button" className={styles.square} aria-label={t('form.fewer')} onClick={down}>
        <IconMinus size={24} aria-hidden />
      </button>
      <TextInput
        size="lg"
        required
        label={t('form.minutes')}
        description={t('form.minutes_planned', { count: planned })}
        inputMode="numeric"
        value={minutes > 0 ? String(minutes) : ''}
        error={fault}
        onChange={(event) => {
          const typed = event.currentTarget.value.normalize('NFKC').replace(/\D/g, '').slice(0, 4);
          change(Number(typed || 0));
        }}
      />
      <button type="button" className={styles.square} aria-label={t('form.more')} onClick={up}>
        <IconPlus size={24} aria-hidden />
      </button>
    </div>
  );
}
