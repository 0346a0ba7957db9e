// Where a version fired, the latest first: on what, why, and what came of it.
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useMay } from '@/app/session';
import { OutcomeTag } from '@/parts/decide/standing';
import { csv, save } from '@/parts/download';
import { ExportMenu } from '@/parts/export-menu';
import { Section } from '@/parts/page';
import { Fetched } from '@/parts/states';
import { hitsQuery, type RuleHit } from './queries';
import styles from './rules.module.css';

/** As many as are taken in at a glance; the rest on demand. */
const FIRST = 8;

interface Props {
  code: string;
  version: number;
  /** Within the shadow report: no sheet of its own. */
  shadow?: boolean;
}

export function Hits({ code, version, shadow = false }: Props) {
  const { t } = useTranslation('rules');
  const may = useMay();
  const reads = may('read_consignment');
  const query = useInfiniteQuery({ ...hitsQuery(code, version), enabled: reads });
  const [all, setAll] = useState(false);
  const hits = useMemo(
    () =>
      (query.data?.pages.flatMap(({ items }) => items) ?? []).filter(
        (hit) => hit.shadow === shadow,
      ),
    [query.data, shadow],
  );
  if (!reads) return null;
  const examined = hits.filter(({ outcome }) => outcome && outcome !== 'not_examined');
  const found = examined.filter(({ outcome }) => outcome !== 'clear');
  const body = (
    <Fetched query={query}>
      {() =>
        hits.length === 0 ? (
          <p className="quiet">{t('hits.none')}</p>
        ) : (
          <>
            <p className={styles.plain}>
              {t('hits.said', {
                count: hits.length,
                examined: examined.length,
                found: found.length,
              })}
            </p>
            <ul className={styles.list}>
              {hits.slice(0, all ? hits.length : FIRST).map((hit) => (
                <Row key={hit.consignment} hit={hit} />
              ))}
            </ul>
            <div className={`${styles.tags} unprinted`}>
              {hits.length > FIRST && !all && (
                <Button variant="subtle" onClick={() => setAll(true)}>
                  {t('parts:more')}
                </Button>
              )}
              {all && query.hasNextPage && (
                <Button
                  variant="subtle"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {t('parts:more')}
                </Button>
              )}
              <ExportMenu
                exports={[
                  {
                    id: 'csv',
                    said: 'CSV',
                    note: t('export.note', { count: hits.length }),
                    act: () => save(`${code}-v${version}-hits.csv`, hitsCsv(hits)),
                  },
                ]}
              />
            </div>
          </>
        )
      }
    </Fetched>
  );
  return shadow ? body : <Section title={t('hits.title', { version })}>{body}</Section>;
}

function Row({ hit }: { hit: RuleHit }) {
  const format = useFormat();
  const { t } = useTranslation('desk');
  return (
    <li>
      <div className={styles.tags}>
        <Link to="/consignments/$id" params={{ id: hit.consignment }}>
          {hit.consignment}
        </Link>
        <span className="quiet">
          {hit.office} · {format.day(hit.arrived)}
        </span>
        {hit.outcome ? (
          <OutcomeTag outcome={hit.outcome} />
        ) : (
          <span className="quiet">{t(`fate.${hit.fate}`)}</span>
        )}
      </div>
      <div className={styles.whys}>
        {hit.why.map(({ field, value }) => (
          <span key={field} className="code">
            {field} = {value ?? '–'}
          </span>
        ))}
      </div>
    </li>
  );
}

function hitsCsv(hits: RuleHit[]) {
  return csv(
    ['consignment', 'version', 'shadow', 'arrived', 'office', 'why', 'fate', 'outcome'],
    hits.map((hit) => [
      hit.consignment,
      hit.version,
      hit.shadow ? 1 : 0,
      hit.arrived,
      hit.office,
      hit.why.map(({ field, value }) => `${field}=${value ?? ''}`).join('; '),
      hit.fate,
      hit.outcome,
    ]),
  );
}
