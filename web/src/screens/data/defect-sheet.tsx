// One defect with its record as the file said it. The cells can be put right here; what is sent is
// only what was changed, with a reason, and the server reads the whole record anew.
import { Button, CloseButton, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useMay } from '@/app/session';
import { ReasonDialog } from '@/parts/reason-dialog';
import { Fetched } from '@/parts/states';
import { Tag, type Tone } from '@/parts/tag';
import styles from './data.module.css';
import {
  type Defect,
  type DefectDetail,
  type DefectState,
  defectQuery,
  type Mended,
  useMend,
  useReject,
} from './queries';

export const STATE_TONES: Record<DefectState, Tone> = {
  open: 'warn',
  mended: 'good',
  rejected: 'plain',
};

/** Kinds by which a field was left empty. */
const LEFT_EMPTY = new Set(['ignored', 'out_of_range']);

interface Props {
  id: string;
  close: () => void;
}

export function DefectSheet({ id, close }: Props) {
  const { t } = useTranslation('data');
  const query = useQuery(defectQuery(id));
  return (
    <section className={`sheet ${styles.sheet}`} aria-label={t('defects.one')}>
      <Fetched query={query}>{(defect) => <Whole defect={defect} close={close} />}</Fetched>
    </section>
  );
}

/** The cells that were changed, by their columns. */
export function changed(
  record: { name: string; text: string | null }[],
  typed: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    record.flatMap(({ name, text }) => {
      const now = typed[name];
      return now !== undefined && text !== null && now !== text ? [[name, now]] : [];
    }),
  );
}

/** Whether a cell is what a defect speaks of. */
export const meant = (defect: Defect, name: string, text: string | null): boolean =>
  name.toLowerCase() === defect.field.toLowerCase() ||
  (defect.found !== '' && text !== null && text.trim() === defect.found.trim());

function Whole({ defect, close }: { defect: DefectDetail; close: () => void }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const may = useMay();
  const mend = useMend();
  const reject = useReject();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [asking, setAsking] = useState<'mend' | 'reject' | null>(null);
  const [mended, setMended] = useState<Mended | null>(null);
  const record = defect.record ?? [];
  const values = changed(record, typed);
  const wrong = [defect, ...defect.beside.filter(({ id }) => id !== defect.id)];
  const open = defect.state === 'open' && mended === null;
  const edits = open && defect.mendable && may('mend_data');
  return (
    <>
      <div className={styles.sheetHead}>
        <div>
          <h2>{t(`kind.${defect.kind}`, { defaultValue: defect.kind })}</h2>
          <div className="quiet">
            {defect.file}
            {defect.line > 0 && ` · ${t('defects.line', { line: defect.line })}`}
          </div>
        </div>
        <Tag tone={STATE_TONES[mended ? 'mended' : defect.state]}>
          {t(`state.${mended ? 'mended' : defect.state}`)}
        </Tag>
        <CloseButton size="lg" aria-label={t('parts:close')} onClick={close} />
      </div>
      <ul className={styles.wrong}>
        {wrong.map((one) => (
          <li key={one.id}>
            <Tag tone={one.rejects ? 'bad' : 'warn'}>
              {t(`kind.${one.kind}`, { defaultValue: one.kind })}
            </Tag>{' '}
            <span className="code">{one.field}</span> {format.said(one.said)}
          </li>
        ))}
      </ul>
      <p className="quiet">
        {t(
          defect.rejects
            ? 'defects.kept_out'
            : LEFT_EMPTY.has(defect.kind)
              ? 'defects.stored_without'
              : 'defects.stored_as_written',
        )}
      </p>
      {defect.decided_by && defect.decided_at && (
        <p>
          {t('defects.decided', {
            by: defect.decided_by,
            time: format.time(defect.decided_at),
          })}
        </p>
      )}
      {mended && <Flowed mended={mended} />}
      {defect.record === null ? (
        <p className="quiet">{t('defects.no_record')}</p>
      ) : (
        <div className={styles.cells}>
          {record.map(({ name, text }, at) => {
            const marked = wrong.some((one) => meant(one, name, text));
            const value = typed[name] ?? text ?? '';
            const field = {
              label: name || t('defects.outside'),
              value,
              readOnly: !edits || text === null,
              ...(marked && open ? { error: t('defects.look_here'), 'data-marked': true } : {}),
              ...(text === null
                ? { placeholder: t('defects.hidden') }
                : name in values
                  ? { description: t('defects.was', { text: text || t('defects.empty') }) }
                  : {}),
              onChange: (event: { currentTarget: { value: string } }) => {
                const now = event.currentTarget.value;
                setTyped((before) => ({ ...before, [name]: now }));
              },
              classNames: { input: 'code' },
            };
            // A file may have two columns of one name.
            const key = `${name} ${at}`;
            return (text?.length ?? 0) > 80 || text?.includes('\n') ? (
              <Textarea key={key} autosize maxRows={16} className={styles.wide ?? ''} {...field} />
            ) : (
              <TextInput key={key} {...field} />
            );
          })}
        </div>
      )}
      {open && may('mend_data') && (
        <div className={styles.acts}>
          {defect.mendable && (
            <Button
              disabled={Object.keys(values).length === 0 && defect.kind !== 'taken'}
              onClick={() => setAsking('mend')}
            >
              {t('defects.mend')}
            </Button>
          )}
          <Button variant="default" onClick={() => setAsking('reject')}>
            {t('defects.reject')}
          </Button>
        </div>
      )}
      <ReasonDialog
        opened={asking !== null}
        onClose={() => setAsking(null)}
        title={t(asking === 'reject' ? 'defects.reject_title' : 'defects.mend_title')}
        act={t(asking === 'reject' ? 'defects.reject' : 'defects.mend')}
        onAct={async ({ id, reason }) => {
          if (asking === 'reject') await reject.mutateAsync({ defect: defect.id, id, reason });
          else setMended(await mend.mutateAsync({ defect: defect.id, id, values, reason }));
        }}
      >
        {asking === 'mend' ? (
          <dl className={styles.changes}>
            {Object.entries(values).map(([name, now]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="code">
                  <del>{record.find((one) => one.name === name)?.text || t('defects.empty')}</del>
                  {' → '}
                  <ins>{now || t('defects.empty')}</ins>
                </dd>
              </div>
            ))}
          </dl>
        ) : (
          <p>{t('defects.reject_said')}</p>
        )}
      </ReasonDialog>
    </>
  );
}

function Flowed({ mended }: { mended: Mended }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const may = useMay();
  return (
    <div className={styles.good} role="status">
      <strong>{t('flowed.title')}</strong>
      <p>
        {t('flowed.said', {
          message: mended.message,
          new: mended.received.new,
          amended: mended.received.amended,
          unchanged: mended.received.unchanged,
        })}
      </p>
      <ul className={styles.links}>
        {mended.consignments.map((id) => (
          <li key={id}>
            {may('read_consignment') ? (
              <Link to="/consignments/$id" params={{ id }}>
                {id}
              </Link>
            ) : (
              id
            )}
          </li>
        ))}
      </ul>
      {mended.defects.length > 0 && (
        <p>
          {t('flowed.still', { count: mended.defects.length })}{' '}
          {mended.defects.map(({ said }) => format.said(said)).join(' ')}
        </p>
      )}
    </div>
  );
}
