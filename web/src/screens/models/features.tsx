// What a model reads of a consignment, by where the number comes from. None of it is a trait of a
// person, and nothing else reaches the model.
import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import styles from './models.module.css';
import type { ModelDetail } from './queries';

export function Features({ features }: { features: ModelDetail['features'] }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toLowerCase();
  const found = features.filter(({ code, ko, en }) =>
    [code, ko, en].some((text) => text.toLowerCase().includes(wanted)),
  );
  const sources = [...new Set(found.map(({ source }) => source))];
  return (
    <>
      <TextInput
        className={styles.search ?? ''}
        aria-label={t('features.find')}
        placeholder={t('features.find')}
        leftSection={<IconSearch size={18} aria-hidden />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <p className="quiet" role="status">
        {t('features.count', { count: found.length })}
      </p>
      {sources.map((source) => {
        const of = found.filter((feature) => feature.source === source);
        return (
          <details key={source} className={styles.details} open={wanted !== '' || undefined}>
            <summary>
              {t(`source.${source}`, { defaultValue: source })} ({of.length})
            </summary>
            <ul className={styles.features}>
              {of.map((feature) => (
                <li key={feature.code}>
                  {format.said(feature)} <span className="quiet code">{feature.code}</span>
                </li>
              ))}
            </ul>
          </details>
        );
      })}
    </>
  );
}
