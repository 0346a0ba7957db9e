// Who is named, each with the record as facts: how often seen, inspected and found irregular. A
// party that one may not see is said to be hidden, not left out without a word.
import { useTranslation } from 'react-i18next';
import type { Dossier } from '@/api/desk';
import { useFormat } from '@/app/format';
import { useMay } from '@/app/session';
import { Section } from '@/parts/page';
import styles from './consignment.module.css';
import { recordDays, recordWords } from './record';

export function Parties({ dossier }: { dossier: Dossier }) {
  const { t } = useTranslation(['consignment', 'desk']);
  const format = useFormat();
  const may = useMay();
  const hidden = !may('read_party');
  if (dossier.parties.length === 0) {
    return (
      <Section title={t('consignment:parties.title')}>
        <p className="quiet">
          {t(hidden ? 'consignment:parties.hidden' : 'consignment:parties.none')}
        </p>
      </Section>
    );
  }
  return (
    <Section title={t('consignment:parties.title')} help={<p>{t('consignment:parties.help')}</p>}>
      <ul className={styles.parties}>
        {dossier.parties.map(({ party, record }) => {
          const days = record && recordDays(record, t, format);
          const ways = [...(party.phones ?? []), ...(party.mails ?? [])];
          return (
            <li key={`${party.role} ${party.code ?? party.name}`}>
              <div className={styles.role}>{t(`desk:role.${party.role}`)}</div>
              <div>
                <strong>{party.name || party.code || t('desk:not_declared')}</strong>{' '}
                {party.name && party.code && <span className="quiet code">{party.code}</span>}
                {(party.address || party.address_country) && (
                  <div>
                    {party.address}
                    {party.address_country && ` (${party.address_country})`}
                  </div>
                )}
                {ways.length > 0 && <div className="quiet">{ways.join(' · ')}</div>}
                {record && (
                  <div className={styles.record}>
                    {recordWords(record, t, format)}
                    {days && <span className="quiet"> · {days}</span>}
                  </div>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {hidden && <p className="quiet">{t('consignment:parties.hidden')}</p>}
    </Section>
  );
}
