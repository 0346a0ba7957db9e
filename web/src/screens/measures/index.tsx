// Measures: what works, what gets past, and how sure that is. Every figure says in words what it
// means before it is drawn, and carries its interval; the numbers beneath a drawing go out as they
// are. All estimates are the server's; this screen computes none.
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useOffice } from '@/app/office';
import { Page } from '@/parts/page';
import { Empty, Fetched } from '@/parts/states';
import { Capacity } from './capacity';
import { Channels } from './channels';
import { Iceberg } from './iceberg';
import styles from './measures.module.css';
import { measuresQuery, type Target, type Window } from './queries';
import { Coverage, Drift } from './watch';

interface Address {
  target?: string;
  from?: string;
  to?: string;
}

export default function Measures() {
  const { t } = useTranslation('measures');
  const { office } = useOffice();
  const address = useSearch({ strict: false }) as Address;
  const navigate = useNavigate();
  const window: Window = {
    target: address.target === 'critical' ? 'critical' : 'irregular',
    from: address.from ?? null,
    to: address.to ?? null,
    office,
  };
  const go = (change: Partial<Address>) =>
    void navigate({ to: '/measures', search: { ...address, ...change } as never, replace: true });
  const measures = useQuery(measuresQuery(window));
  return (
    <Page title={t('title')} about={t('about')} help={t('help')}>
      <div className={`${styles.controls} unprinted`}>
        <SegmentedControl
          aria-label={t('target.label')}
          value={window.target}
          onChange={(target) => go({ target })}
          data={(['irregular', 'critical'] as Target[]).map((value) => ({
            value,
            label: t(`target.${value}`),
          }))}
        />
        <div className={styles.dates}>
          <TextInput
            type="date"
            label={t('window.from')}
            value={window.from ?? ''}
            {...(window.to ? { max: window.to } : {})}
            onChange={(event) => go({ from: event.currentTarget.value || undefined } as Address)}
          />
          <TextInput
            type="date"
            label={t('window.to')}
            value={window.to ?? ''}
            {...(window.from ? { min: window.from } : {})}
            onChange={(event) => go({ to: event.currentTarget.value || undefined } as Address)}
          />
          {(window.from || window.to) && (
            <Button
              variant="default"
              onClick={() => go({ from: undefined, to: undefined } as unknown as Address)}
            >
              {t('window.all')}
            </Button>
          )}
        </div>
      </div>
      <div className={measures.isPending ? styles.fetching : undefined}>
        <Fetched query={measures}>
          {(data) =>
            data.plans === 0 ? (
              <Empty title={t('nothing.title')}>
                {data.plans_not_worked > 0
                  ? t('nothing.not_worked', { count: data.plans_not_worked })
                  : t('nothing.no_plan')}
              </Empty>
            ) : (
              <>
                <Iceberg measures={data} />
                <Capacity window={window} />
                <Channels measures={data} window={window} />
              </>
            )
          }
        </Fetched>
      </div>
      <Coverage window={window} />
      <Drift office={office} />
    </Page>
  );
}
