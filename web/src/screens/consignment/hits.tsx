// The rules that fired on this consignment, each with what it read. No hit hides another, and none
// is a finding.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useMay } from '@/app/session';
import { Lane } from '@/parts/lane';
import { Section } from '@/parts/page';
import { Tag } from '@/parts/tag';
import { type ConsignmentHit, firedOnQuery } from '@/screens/rules/queries';
import styles from './consignment.module.css';

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
