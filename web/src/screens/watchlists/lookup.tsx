// Looking a name up before it hits: the likeliest listings with the words that agree and differ.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Section } from '@/parts/page';
import { Empty, Failed, Loading } from '@/parts/states';
import type { TabProps } from './index';
import { KINDS } from './listings';
import { type NameAsked, useMatch } from './queries';
import styles from './watchlists.module.css';
import { Marked, Words } from './words';

/** How many are shown, and how probable a listing must be at least. */
const MOST = 20;
const LEAST = 0.2;

export default function Lookup({ go }: Pick<TabProps, 'go'>) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  const match = useMatch();
  const [name, setName] = useState('');
  const [kind, setKind] = useState('');
  const [country, setCountry] = useState('');
  const [asked, setAsked] = useState<NameAsked | null>(null);
  const find = (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    const next: NameAsked = {
      name: name.trim(),
      kind: kind || null,
      country: country.trim().toUpperCase() || null,
      limit: MOST,
      threshold: LEAST,
    };
    setAsked(next);
    match.mutate(next);
  };
  return (
    <Section title={t('lookup.title')} help={t('lookup.help')}>
      <form onSubmit={find} className={styles.lookup}>
        <TextInput
          label={t('lookup.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          className={styles.grow ?? ''}
        />
        <NativeSelect
          label={t('listing.kind')}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
          data={[
            { value: '', label: t('listing.every_kind') },
            ...KINDS.map((value) => ({ value, label: t(`kind.${value}`) })),
          ]}
        />
        <TextInput
          label={t('lookup.country')}
          w={110}
          maxLength={2}
          value={country}
          onChange={(event) => setCountry(event.currentTarget.value)}
        />
        <Button
          type="submit"
          loading={match.isPending}
          leftSection={<IconSearch size={18} aria-hidden />}
        >
          {t('lookup.find')}
        </Button>
      </form>
      {match.isPending && <Loading />}
      {match.error && (
        <Failed error={match.error} {...(asked ? { again: () => match.mutate(asked) } : {})} />
      )}
      {match.data && asked && (
        <>
          <p className={styles.say} role="status">
            {t('lookup.said', { count: match.data.items.length, name: asked.name })}
          </p>
          {match.data.items.length === 0 ? (
            <Empty title={t('lookup.none')}>{t('lookup.none_next')}</Empty>
          ) : (
            <ol className={styles.matches}>
              {match.data.items.map((one) => (
                <li key={one.listing.id} className={styles.match}>
                  <div className={styles.matchHead}>
                    <strong>{format.share(one.probability)}</strong>
                    <button
                      type="button"
                      className={styles.link}
                      onClick={() => go({ tab: 'listings', listing: one.listing.id }, false)}
                    >
                      <Marked text={one.matched} agree={one.agree} differ={one.differ_right} />
                    </button>
                    <span className="quiet">
                      {t(`kind.${one.listing.kind}`, { defaultValue: one.listing.kind })} ·{' '}
                      {one.listing.watchlist_name}
                      {one.matched !== one.listing.name && ` · ${one.listing.name}`}
                    </span>
                  </div>
                  <div>{format.said(one.why)}</div>
                  <Words asked agree={one.agree} left={one.differ_left} right={one.differ_right} />
                </li>
              ))}
            </ol>
          )}
        </>
      )}
    </Section>
  );
}
