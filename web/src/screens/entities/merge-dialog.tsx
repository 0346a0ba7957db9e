// Two entities become one: which ones, how probable the machine holds it, and why the officer knows
// better. The machine never takes them apart again; an officer can.
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { useFormat } from '@/app/format';
import { toast } from '@/app/toasts';
import { Notice } from '@/parts/notice';
import { ReasonDialog } from '@/parts/reason-dialog';
import styles from './entities.module.css';
import type { Go } from './index';
import { type EntityPage, entityQuery, useMerge, waterfallQuery } from './queries';

interface Props {
  page: EntityPage;
  /** The other one, when it is known already. */
  other: string;
  onClose: () => void;
  go: Go;
}

const ID = /^E-\d+$/;

export function MergeDialog({ page, other, onClose, go }: Props) {
  const { t } = useTranslation('entities');
  const format = useFormat();
  const merge = useMerge();
  const [typed, setTyped] = useState(other);
  const [settled] = useDebouncedValue(typed.trim().toUpperCase(), 300);
  const known = ID.test(settled) && settled !== page.id;
  const query = useQuery({ ...entityQuery(settled), enabled: known });
  const [own, theirs] = [page.records[0], query.data?.records[0]];
  const waterfall = useQuery({
    ...waterfallQuery(page.id, own?.id ?? '', theirs?.id ?? ''),
    enabled: own !== undefined && theirs !== undefined,
  });
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      title={t('merge.title', { id: page.id })}
      act={t('merge.confirm')}
      danger
      onAct={async ({ id, reason }) => {
        if (!known) {
          throw new Problem(0, { error: { code: 'no_other_entity' } });
        }
        const moved = await merge.mutateAsync({
          entity: page.id,
          id,
          reason,
          seen: page.revision,
          with: settled,
        });
        toast.done(t('merge.done', { entity: moved.entity, other: moved.other }));
        if (moved.entity !== page.id) {
          go({ entity: moved.entity, record: undefined, other: undefined });
        }
      }}
    >
      <TextInput
        label={t('merge.other')}
        description={t('merge.other_why')}
        placeholder="E-31"
        readOnly={other !== ''}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {known && query.error && <Notice tone="bad" problem={query.error} />}
      {query.data && known && (
        <>
          <dl className={styles.beside}>
            {[page, query.data].map((one) => (
              <div key={one.id}>
                <dt>
                  <strong translate="no">{one.label || t('unnamed')}</strong>{' '}
                  <span className="code">{one.id}</span>
                </dt>
                <dd>
                  {t('facts.said', {
                    consignments: format.count(one.consignments.count),
                    inspected: format.count(one.consignments.inspected),
                    found: format.count(one.consignments.found),
                  })}
                  <div className="quiet" translate="no">
                    {one.records[0]?.address}
                  </div>
                  <div className="quiet" translate="no">
                    {[one.records[0]?.code, ...(one.records[0]?.phones ?? [])]
                      .filter(Boolean)
                      .join(' · ')}
                  </div>
                </dd>
              </div>
            ))}
          </dl>
          {waterfall.data && (
            <p>
              {t('merge.machine', {
                share: format.share(waterfall.data.probability),
                threshold: format.share(waterfall.data.threshold),
              })}{' '}
              <span className="quiet">
                {waterfall.data.steps
                  .filter(({ bits }) => Math.abs(bits) >= 1)
                  .map(({ said }) => format.said(said))
                  .join(' · ')}
              </span>
            </p>
          )}
        </>
      )}
      <p>{t('merge.said')}</p>
    </ReasonDialog>
  );
}
