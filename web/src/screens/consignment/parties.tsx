// Who is named, each with the record as facts: how often seen, inspected and found irregular. A
// party that one may not see is said to be hidden, not left out without a word.
import { Link } from '@tanstack/react-router';
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
        {dossier.parties.map((party, at) => {
          const days = recordDays(party.record, t, format);
          return (
            // A part may be played twice, by people without a name.
            // biome-ignore lint/suspicious/noArrayIndexKey: the order is the declaration's
            <li key={at}>
              <div className={styles.role}>{t(`desk:role.${party.role}`)}</div>
              <div>
                <strong>
                  {party.name || party.code || t(hidden ? 'desk:not_shown' : 'desk:not_declared')}
                </strong>{' '}
                {party.name && party.code && <span className="quiet code">{party.code}</span>}
                {party.address && <div>{party.address}</div>}
                {party.phones.length > 0 && <div className="quiet">{party.phones.join(' · ')}</div>}
                <div className={styles.record}>
                  {recordWords(party.record, t, format)}
                  {days && <span className="quiet"> · {days}</span>}
                </div>
                {party.possible_victim && (
                  <p className={styles.victim}>{format.said(party.possible_victim)}</p>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {hidden ? (
        <p className="quiet">{t('consignment:parties.hidden')}</p>
      ) : (
        <p>
          <Link to="/entities" search={{ q: dossier.consignment.id } as never}>
            {t('consignment:parties.entities')}
          </Link>
        </p>
      )}
    </Section>
  );
}
