// One entity: how often it was named and what came of that, in which ways it was declared and why
// these are one, what it shares with others, what was decided, and who moved what.
import { Button, Kbd } from '@mantine/core';
import { IconArrowLeft, IconArrowsJoin } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useKeys } from '@/app/keys';
import { useMay } from '@/app/session';
import { Notice } from '@/parts/notice';
import { Page, Section } from '@/parts/page';
import { Fetched, Loading } from '@/parts/states';
import { Ended } from './ended';
import styles from './entities.module.css';
import { Course, Decisions, History, Hits } from './happened';
import type { Address, Go } from './index';
import { Links } from './links';
import { MergeDialog } from './merge-dialog';
import { type EntityPage, entityQuery } from './queries';
import { Records } from './records';
import { WhyOne } from './why-one';

interface Props {
  id: string;
  address: Address;
  go: Go;
}

export function EntityView({ id, address, go }: Props) {
  const { t } = useTranslation('entities');
  const query = useQuery(entityQuery(id));
  const back = () => go({ entity: undefined, record: undefined, other: undefined }, false);
  useKeys('entity', [{ keys: 'b', said: t('back'), act: back }]);
  if (query.data) return <Whole page={query.data} address={address} go={go} back={back} />;
  return (
    <Page title={id} actions={<Back act={back} />}>
      <Fetched query={query}>{() => <Loading />}</Fetched>
    </Page>
  );
}

function Back({ act }: { act: () => void }) {
  const { t } = useTranslation('entities');
  return (
    <Button
      variant="default"
      leftSection={<IconArrowLeft size={18} aria-hidden />}
      rightSection={<Kbd size="xs">b</Kbd>}
      onClick={act}
    >
      {t('back')}
    </Button>
  );
}

interface WholeProps {
  page: EntityPage;
  address: Address;
  go: Go;
  back: () => void;
}

function Whole({ page, address, go, back }: WholeProps) {
  const { t } = useTranslation('entities');
  const format = useFormat();
  const [merging, setMerging] = useState<string | null>(null);
  const mayMerge = page.may.merge && page.merged_into == null;
  useKeys(
    'entity-acts',
    mayMerge ? [{ keys: 'm', said: t('merge.act'), act: () => setMerging('') }] : [],
  );
  const { possible_victim: victim } = page;
  return (
    <Page
      title={page.label || t('unnamed')}
      about={<span className="code">{page.id}</span>}
      actions={
        <>
          <Back act={back} />
          {mayMerge && (
            <Button
              variant="default"
              leftSection={<IconArrowsJoin size={18} aria-hidden />}
              rightSection={<Kbd size="xs">m</Kbd>}
              onClick={() => setMerging('')}
            >
              {t('merge.act')}
            </Button>
          )}
        </>
      }
    >
      {page.merged_into != null && (
        <Notice tone="warn">
          {t('merged_into', { entity: page.merged_into })}{' '}
          <button
            type="button"
            className={styles.link}
            onClick={() => go({ entity: page.merged_into ?? undefined })}
          >
            {page.merged_into}
          </button>
        </Notice>
      )}
      {victim && (
        <Notice tone="note">
          <strong>{format.said(victim.said)}</strong> {format.said(victim.next)}
          <div>
            {t('victim.counts', {
              code: victim.code,
              names: format.count(victim.names),
              addresses: format.count(victim.addresses),
            })}
          </div>
        </Notice>
      )}
      <Facts page={page} />
      <div className={styles.columns}>
        <div className={styles.column}>
          <Records page={page} go={go} />
          {page.records.length > 1 && <WhyOne page={page} address={address} go={go} />}
          <Links
            page={page}
            go={go}
            {...(mayMerge ? { merge: (entity: string) => setMerging(entity) } : {})}
          />
        </div>
        <div className={styles.column}>
          <Course page={page} />
          <Named page={page} />
          <Hits hits={page.hits} />
          <Decisions decisions={page.decisions} />
          <History id={page.id} go={go} />
        </div>
      </div>
      {merging !== null && (
        <MergeDialog page={page} other={merging} onClose={() => setMerging(null)} go={go} />
      )}
    </Page>
  );
}

function Facts({ page }: { page: EntityPage }) {
  const { t } = useTranslation('entities');
  const { t: desk } = useTranslation('desk');
  const format = useFormat();
  const { consignments, records, roles, course } = page;
  const first = records.map(({ first_on }) => first_on).toSorted()[0];
  const last = records
    .map(({ last_on }) => last_on)
    .toSorted()
    .at(-1);
  return (
    <section className={`sheet ${styles.head}`} aria-label={t('facts.label')}>
      <p className={styles.say}>
        {t('facts.said', {
          consignments: format.count(consignments.count),
          inspected: format.count(consignments.inspected),
          found: format.count(consignments.found),
        })}{' '}
        {first && last && (
          <span className="quiet">
            {t('facts.span', { first: format.day(first), last: format.day(last) })}
          </span>
        )}
      </p>
      <dl className={styles.tiles}>
        <div>
          <dt>{t('facts.roles')}</dt>
          <dd>
            {roles
              .map(({ role, consignments: count }) =>
                t('facts.role_said', { role: desk(`role.${role}`), count: format.count(count) }),
              )
              .join(' · ')}
          </dd>
        </div>
        <div>
          <dt>{t('facts.records')}</dt>
          <dd>{t('facts.records_said', { count: records.length })}</dd>
        </div>
        <div>
          <dt>{t('facts.months')}</dt>
          <dd>
            {t('facts.months_said', {
              count: course.filter((one) => one.consignments > 0).length,
              of: format.count(course.length),
            })}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Named({ page }: { page: EntityPage }) {
  const { t } = useTranslation('entities');
  const { t: desk } = useTranslation('desk');
  const format = useFormat();
  const may = useMay();
  const { items, count } = page.consignments;
  return (
    <Section title={t('named.title')}>
      {items.length < count && (
        <p className={`${styles.note} quiet`}>
          {t('named.newest', { shown: format.count(items.length) })}
        </p>
      )}
      <ul className={styles.list}>
        {items.map((one) => (
          <li key={`${one.id} ${one.role}`}>
            <div className={styles.line}>
              {may('read_consignment') ? (
                <Link to="/consignments/$id" params={{ id: one.id }}>
                  {one.id}
                </Link>
              ) : (
                <span>{one.id}</span>
              )}
              <span>{desk(`role.${one.role}`)}</span>
              <span className="quiet">
                {one.office} · {format.day(one.arrived_on)}
              </span>
              <Ended fate={one.fate} found={one.found ?? null} />
            </div>
            <div className="quiet">{one.goods}</div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
