// All that a condition may ask: fields of a consignment and indicators, found by what they say, and
// put where the cursor is by a press. Traits of persons are not among them and cannot be.
import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Section } from '@/parts/page';
import { Fetched } from '@/parts/states';
import { Tag } from '@/parts/tag';
import { fits } from '@/screens/queue/hangul';
import type { Catalogue } from './queries';
import styles from './rules.module.css';

interface Props {
  query: {
    data: Catalogue | undefined;
    error: unknown;
    isPending: boolean;
    refetch: () => unknown;
  };
  insert: (text: string) => void;
}

export function CatalogueList({ query, insert }: Props) {
  const { t } = useTranslation('rules');
  const [q, setQ] = useState('');
  return (
    <Section title={t('catalogue.title')} help={t('catalogue.help')}>
      <TextInput
        aria-label={t('catalogue.find')}
        placeholder={t('catalogue.find')}
        leftSection={<IconSearch size={18} aria-hidden />}
        value={q}
        onChange={(event) => setQ(event.currentTarget.value)}
      />
      <Fetched query={query}>
        {(catalogue) => <Entries catalogue={catalogue} q={q} insert={insert} />}
      </Fetched>
    </Section>
  );
}

interface EntriesProps {
  catalogue: Catalogue;
  q: string;
  insert: (text: string) => void;
}

function Entries({ catalogue, q, insert }: EntriesProps) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  const indicators = catalogue.indicators.filter((one) =>
    fits(q, `${one.code} ${one.ko} ${one.en}`),
  );
  const fields = catalogue.fields.filter((one) => fits(q, `${one.path} ${one.ko} ${one.en}`));
  const groups = [...new Set(fields.map(({ group }) => group))];
  if (indicators.length + fields.length === 0) {
    return <p className="quiet">{t('catalogue.none')}</p>;
  }
  return (
    // What scrolls must be reachable by keyboard (WCAG 2.1.1).
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <div className={styles.catalogue} role="region" aria-label={t('catalogue.title')} tabIndex={0}>
      {indicators.length > 0 && (
        <>
          <h3 className={styles.small}>{t('catalogue.indicators')}</h3>
          <ul className={styles.list}>
            {indicators.map((one) => (
              <li key={one.code}>
                <button
                  type="button"
                  className={styles.entry}
                  onClick={() => insert(`indicator("${one.code}")`)}
                >
                  <span>{format.said(one)}</span>
                  <span className={styles.second}>{one.code}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {groups.map((group) => (
        <div key={group}>
          <h3 className={styles.small}>{t(`group.${group}`, { defaultValue: group })}</h3>
          <ul className={styles.list}>
            {fields
              .filter((one) => one.group === group)
              .map((one) => (
                <li key={one.path}>
                  <button type="button" className={styles.entry} onClick={() => insert(one.path)}>
                    <span>{format.said(one)}</span>
                    <span className={styles.second}>
                      {one.path} · {t(`kind.${one.kind}`)}
                      {one.example && ` · ${one.example}`}
                    </span>
                    {one.past && <Tag>{t('catalogue.past')}</Tag>}
                  </button>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
