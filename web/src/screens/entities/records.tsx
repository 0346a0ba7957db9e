// Every way in which this entity was declared. Records that do not belong here are marked and leave
// together for an entity of their own; the machine never brings them back.
import { Button, Checkbox } from '@mantine/core';
import { IconArrowsSplit } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { toast } from '@/app/toasts';
import { csv, save } from '@/parts/download';
import { ExportMenu } from '@/parts/export-menu';
import { Section } from '@/parts/page';
import { ReasonDialog } from '@/parts/reason-dialog';
import { Scroll } from '@/parts/scroll';
import styles from './entities.module.css';
import type { Go } from './index';
import { type EntityPage, type EntityRecord, MACHINE, useSplit } from './queries';

interface Props {
  page: EntityPage;
  go: Go;
}

export function Records({ page, go }: Props) {
  const { t } = useTranslation('entities');
  const { t: desk } = useTranslation('desk');
  const format = useFormat();
  const split = useSplit();
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState(false);
  const { records } = page;
  const splits = page.may.split && page.merged_into == null && records.length > 1;
  const leaving = records.filter(({ id }) => marked.has(id));
  const every = leaving.length === records.length;
  const mark = (id: string) => {
    const next = new Set(marked);
    if (!next.delete(id)) next.add(id);
    setMarked(next);
  };
  return (
    <Section
      title={t('records.title')}
      help={t('records.help')}
      actions={
        <>
          {splits && (
            <Button
              variant="default"
              leftSection={<IconArrowsSplit size={18} aria-hidden />}
              disabled={leaving.length === 0 || every}
              onClick={() => setAsking(true)}
            >
              {t('split.act', { count: leaving.length })}
            </Button>
          )}
          <ExportMenu
            exports={[
              {
                id: 'csv',
                said: 'CSV',
                note: t('export_note', { count: records.length }),
                act: () => save(`${page.id}-records.csv`, recordsCsv(records)),
              },
            ]}
          />
        </>
      }
    >
      {every && splits && <p role="status">{t('split.not_all')}</p>}
      <Scroll label={t('records.title')}>
        <table className={styles.records}>
          <thead>
            <tr>
              {splits && (
                <th scope="col">
                  <span className="visually-hidden">{t('split.mark')}</span>
                </th>
              )}
              <th scope="col">{t('records.declared')}</th>
              <th scope="col" className="end">
                {t('list.consignments')}
              </th>
              <th scope="col">{t('records.here')}</th>
            </tr>
          </thead>
          <tbody>
            {records.map((record) => (
              <tr key={record.id} data-chosen={marked.has(record.id) || undefined}>
                {splits && (
                  <td>
                    <Checkbox
                      aria-label={t('split.mark_record', { record: record.name || record.id })}
                      checked={marked.has(record.id)}
                      onChange={() => mark(record.id)}
                    />
                  </td>
                )}
                <th scope="row">
                  <div translate="no">
                    <strong>{record.name || t('unnamed')}</strong>{' '}
                    {record.code && <span className="code">{record.code}</span>}
                  </div>
                  <div translate="no">
                    {[record.address, record.country].filter(Boolean).join(' · ')}
                  </div>
                  <div className="quiet" translate="no">
                    {[...record.phones, ...record.mails].join(' · ')}
                  </div>
                </th>
                <td className="end">
                  {format.count(record.consignments)}
                  <div className="quiet">
                    {record.roles.map((role) => desk(`role.${role}`)).join(', ')}
                  </div>
                  <div className="quiet">
                    {format.day(record.first_on)} – {format.day(record.last_on)}
                  </div>
                </td>
                <td className={styles.here}>
                  {record.probability != null && (
                    <div>{t('records.belongs', { share: format.share(record.probability) })}</div>
                  )}
                  <div className="quiet">
                    {record.because.length > 0
                      ? record.because.map(format.said).join(' · ')
                      : t('records.first')}
                  </div>
                  <div className={styles.line}>
                    <span className="quiet">
                      {record.by === MACHINE ? t('machine') : t('records.by', { by: record.by })}{' '}
                      <span className="code">{record.id}</span>
                    </span>
                    {records.length > 1 && (
                      <button
                        type="button"
                        className={styles.link}
                        onClick={() => {
                          go({ record: record.id, other: undefined });
                          const why = document.getElementById('why-one');
                          why?.scrollIntoView({ block: 'nearest' });
                          why?.focus({ preventScroll: true });
                        }}
                      >
                        {t('why.open')}
                      </button>
                    )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <ReasonDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('split.title', { count: leaving.length })}
        act={t('split.act', { count: leaving.length })}
        danger
        onAct={async ({ id, reason }) => {
          const moved = await split.mutateAsync({
            entity: page.id,
            id,
            reason,
            seen: page.revision,
            records: leaving.map((record) => record.id),
          });
          setMarked(new Set());
          const made = moved.entity === page.id ? moved.other : moved.entity;
          toast.undoable(
            t('split.done', { other: made }),
            () => go({ entity: made, record: undefined, other: undefined }, false),
            t('split.see'),
          );
        }}
      >
        <p>{t('split.said')}</p>
        <ul>
          {leaving.map((record) => (
            <li key={record.id} translate="no">
              {record.name || t('unnamed')} <span className="code">{record.id}</span>
              <div className="quiet">{record.address}</div>
            </li>
          ))}
        </ul>
      </ReasonDialog>
    </Section>
  );
}

function recordsCsv(records: EntityRecord[]) {
  return csv(
    [
      'record',
      'name',
      'code',
      'address',
      'country',
      'phones',
      'mails',
      'roles',
      'consignments',
      'first_on',
      'last_on',
      'probability',
      'by',
    ],
    records.map((one) => [
      one.id,
      one.name,
      one.code,
      one.address,
      one.country,
      one.phones.join(' | '),
      one.mails.join(' | '),
      one.roles.join(' | '),
      one.consignments,
      one.first_on,
      one.last_on,
      one.probability,
      one.by,
    ]),
  );
}
