// The rules that fired on this consignment, each with what it read, and where it meets a watchlist,
// with what was decided on that. No hit hides another, and none is a finding.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import type { List } from '@/api/desk';
import { useFormat } from '@/app/format';
import { useMay } from '@/app/session';
import { Lane } from '@/parts/lane';
import { Section } from '@/parts/page';
import { Tag, type Tone } from '@/parts/tag';
import { type ConsignmentHit, firedOnQuery } from '@/screens/rules/queries';
import type { HitState, ListingHit } from '@/screens/watchlists/queries';
import styles from './consignment.module.css';

const TONES: Record<HitState, Tone> = {
  open: 'warn',
  same: 'bad',
  not_same: 'good',
  unsure: 'note',
};

export function RuleHits({ id }: { id: string }) {
  const { t } = useTranslation(['consignment', 'desk']);
  const may = useMay();
  const { data } = useQuery({ ...firedOnQuery(id), enabled: may('read_rule') });
  if (!data || data.length === 0) return null;
  return (
    <Section title={t('consignment:rules.title')} help={<p>{t('consignment:rules.help')}</p>}>
      <ul className={styles.list}>
        {data.map((hit) => (
          <Fired key={`${hit.rule} ${hit.version}`} hit={hit} />
        ))}
      </ul>
    </Section>
  );
}

function Fired({ hit }: { hit: ConsignmentHit }) {
  const { t } = useTranslation(['consignment', 'desk']);
  const format = useFormat();
  return (
    <li>
      <div className={styles.inline}>
        <Link to="/rules" search={{ rule: hit.rule } as never}>
          {format.said(hit.officer)}
        </Link>
        {hit.shadow ? (
          <Tag tone="warn">{t('consignment:rules.shadow')}</Tag>
        ) : (
          <Lane lane={hit.lane} />
        )}
      </div>
      <div className="quiet">
        {hit.why.map(({ field, value }) => `${field} = ${value ?? '–'}`).join(' · ')}
      </div>
    </li>
  );
}

export function WatchlistHits({ id }: { id: string }) {
  const { t } = useTranslation(['consignment', 'desk']);
  const format = useFormat();
  const may = useMay();
  const { data } = useQuery({
    queryKey: ['hits', 'of', id],
    queryFn: () =>
      ask<List<ListingHit>>('GET', '/hits', { query: { consignment: id, state: 'all' } }),
    enabled: may('read_watchlist'),
  });
  if (!data || data.items.length === 0) return null;
  return (
    <Section title={t('consignment:hits.title')} help={<p>{t('consignment:hits.help')}</p>}>
      <ul className={styles.list}>
        {data.items.map((hit) => (
          <li key={hit.id}>
            <div className={styles.inline}>
              <Link
                to="/watchlists"
                search={{ hit: hit.id, state: hit.state === 'open' ? undefined : 'all' } as never}
              >
                {hit.listing.name}
              </Link>
              <span>{format.share(hit.probability)}</span>
              <Tag tone={TONES[hit.state]}>{t(`consignment:hits.${hit.state}`)}</Tag>
            </div>
            <div>{format.said(hit.why)}</div>
            <div className="quiet">
              {hit.listing.watchlist_name}
              {hit.decision && ` · ${hit.decision.by}: ${hit.decision.reason}`}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
