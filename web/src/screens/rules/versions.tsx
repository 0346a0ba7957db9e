// All versions, and what changed between any two of them: the condition word by word, the rest
// field by field.
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Section } from '@/parts/page';
import { Scroll } from '@/parts/scroll';
import { Fetched } from '@/parts/states';
import { diff } from './diff';
import type { Address, Go } from './index';
import { diffQuery, type RuleDetail } from './queries';
import styles from './rules.module.css';
import { StateTag } from './state-tag';

interface Props {
  rule: RuleDetail;
  address: Address;
  go: Go;
}

export function Versions({ rule, address, go }: Props) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  const { versions } = rule;
  const numbers = versions.map(({ version }) => version);
  const to = numbers.includes(Number(address.to)) ? Number(address.to) : (numbers[0] ?? 1);
  const from = numbers.includes(Number(address.from))
    ? Number(address.from)
    : (numbers.find((number) => number < to) ?? to);
  return (
    <Section title={t('versions.title')}>
      <ul className={styles.list}>
        {versions.map((one) => (
          <li key={one.version} className={styles.tags}>
            <strong>{t('version', { version: one.version })}</strong>
            <StateTag state={one.state} />
            <span className="quiet">
              {one.drafted_by} · {format.time(one.drafted_at)}
              {one.approved_by &&
                ` · ${t('versions.approved', {
                  by: one.approved_by,
                  at: one.approved_at ? format.time(one.approved_at) : '',
                })}`}
            </span>
          </li>
        ))}
      </ul>
      {versions.length > 1 && (
        <>
          <div className={styles.pair}>
            {(['from', 'to'] as const).map((side) => (
              <NativeSelect
                key={side}
                label={t(`versions.${side}`)}
                value={String(side === 'from' ? from : to)}
                onChange={(event) => go({ [side]: Number(event.currentTarget.value) })}
                data={numbers.map((number) => ({
                  value: String(number),
                  label: t('version', { version: number }),
                }))}
              />
            ))}
          </div>
          <Difference rule={rule} from={from} to={to} />
        </>
      )}
    </Section>
  );
}

function Difference({ rule, from, to }: { rule: RuleDetail; from: number; to: number }) {
  const { t } = useTranslation('rules');
  const { t: desk } = useTranslation('desk');
  const format = useFormat();
  /** A field's text as the page says it elsewhere. */
  const worded = (field: string, text: string): string => {
    if (field === 'lane') return t(`parts:lane.${text}`, { defaultValue: text });
    if (field === 'modality') {
      return text ? desk(`modality.${text}`, { defaultValue: text }) : t('fields.no_modality');
    }
    if (field === 'offices') return text || t('fields.every_office');
    return /^\d{4}-\d\d-\d\d$/.test(text) ? format.day(text) : text || '–';
  };
  const query = useQuery(diffQuery(rule.summary.code, from, to));
  const conditionOf = (number: number) =>
    rule.versions.find(({ version }) => version === number)?.condition ?? '';
  const pieces = diff(conditionOf(from), conditionOf(to));
  return (
    <>
      <div>
        <h3 className={styles.small}>{t('condition.label')}</h3>
        <pre className={styles.code}>
          {pieces.map(({ kind, text }, at) => {
            // Pieces of a text have no other name than their place.
            const key = `${at} ${kind}`;
            if (kind === 'gone') return <del key={key}>{text}</del>;
            if (kind === 'came') return <ins key={key}>{text}</ins>;
            return <span key={key}>{text}</span>;
          })}
        </pre>
        {pieces.every(({ kind }) => kind === 'same') && (
          <p className="quiet">{t('versions.same_condition')}</p>
        )}
      </div>
      <Fetched query={query}>
        {({ fields }) =>
          fields.length === 0 ? (
            <p className="quiet">{t('versions.same_fields')}</p>
          ) : (
            <Scroll label={t('versions.fields')}>
              <table className={styles.changed}>
                <thead>
                  <tr>
                    <th scope="col">{t('versions.field')}</th>
                    <th scope="col">{t('version', { version: from })}</th>
                    <th scope="col">{t('version', { version: to })}</th>
                  </tr>
                </thead>
                <tbody>
                  {fields.map((one) => (
                    <tr key={one.field}>
                      <th scope="row">
                        {t(`fields.${one.field.replace('.', '_')}`, { defaultValue: one.field })}
                      </th>
                      <td>
                        <del>{worded(one.field, one.from)}</del>
                      </td>
                      <td>
                        <ins>{worded(one.field, one.to)}</ins>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Fetched>
    </>
  );
}
