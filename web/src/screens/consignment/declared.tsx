// What was declared, field by field, with a flag where a field is missing, odd or contradicts
// another. The raw words of the declarant are shown as they came.
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Dossier, GoodsItem } from '@/api/desk';
import { useFormat } from '@/app/format';
import { Section } from '@/parts/page';
import styles from './consignment.module.css';

const DOCUMENTS = [
  'master_bill',
  'house_bill',
  'postal_item',
  'previous',
  'procedure',
  'purpose',
  'payment',
  'transaction',
] as const;

export function DeclaredData({ dossier }: { dossier: Dossier }) {
  const { t } = useTranslation(['consignment', 'desk']);
  const format = useFormat();
  const { declared, message, line } = dossier.consignment;
  const goods = declared.goods ?? [];
  const documents = DOCUMENTS.flatMap((name) => {
    const value = declared.documents?.[name];
    return value ? [{ name, value }] : [];
  });
  // What other messages contradict stands with what is odd in the document itself.
  const others = dossier.contradictions ?? [];
  const flags = [
    ...dossier.quality.map((flag) => ({ ...flag, late: false })),
    ...others.map(({ check, about, said, after_screening }) => ({
      field: about,
      kind: check,
      said,
      late: after_screening ?? false,
    })),
  ];
  const flagged = (field: string) => flags.some((flag) => flag.field.startsWith(field));
  return (
    <Section title={t('consignment:declared.title')}>
      {flags.length > 0 && (
        <ul className={styles.flags} aria-label={t('consignment:declared.flags')}>
          {flags.map((flag) => (
            <li key={`${flag.field} ${flag.kind} ${JSON.stringify(flag.said)}`}>
              <IconAlertTriangle size={16} aria-hidden />
              <span>
                {typeof flag.said === 'string' ? flag.said : format.said(flag.said)}{' '}
                <span className="quiet code">{flag.field}</span>
                {flag.late && <> {t('consignment:declared.after_screening')}</>}
              </span>
            </li>
          ))}
        </ul>
      )}
      {/* Wide tables scroll, so the keyboard must be able to reach them. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
      <section className={styles.wide} tabIndex={0} aria-label={t('consignment:declared.goods')}>
        <table className={styles.grid}>
          <thead>
            <tr>
              <th scope="col">{t('consignment:declared.description')}</th>
              <th scope="col">{t('consignment:declared.hs')}</th>
              <th scope="col">{t('consignment:declared.origin')}</th>
              <th scope="col" className="end">
                {t('consignment:declared.net')}
              </th>
              <th scope="col" className="end">
                {t('consignment:declared.gross')}
              </th>
              <th scope="col" className="end">
                {t('consignment:declared.quantity')}
              </th>
              <th scope="col" className="end">
                {t('consignment:declared.packages')}
              </th>
              <th scope="col" className="end">
                {t('consignment:declared.value')}
              </th>
            </tr>
          </thead>
          <tbody>
            {goods.map((item, at) => (
              // Items have no name of their own, only their place in the declaration.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <Item key={at} item={item} flagged={flagged(`goods.${at}`)} />
            ))}
          </tbody>
        </table>
      </section>
      <dl className={styles.facts}>
        {declared.direction && (
          <>
            <dt>{t('consignment:declared.direction')}</dt>
            <dd>{t(`desk:direction.${declared.direction}`)}</dd>
          </>
        )}
        {declared.transport && (
          <>
            <dt>{t('consignment:declared.transport')}</dt>
            <dd>{t(`desk:transport.${declared.transport}`)}</dd>
          </>
        )}
        {documents.map(({ name, value }) => (
          <div key={name} className={styles.pair}>
            <dt>{t(`consignment:document.${name}`)}</dt>
            <dd className="code">{value}</dd>
          </div>
        ))}
        {(declared.equipment ?? []).map(({ number, seals, empty }) => (
          <div key={number} className={styles.pair}>
            <dt>{t('consignment:declared.container')}</dt>
            <dd>
              <span className="code">{number}</span>
              {seals && seals.length > 0 && (
                <span className="quiet">
                  {' '}
                  · {t('consignment:declared.seals')} {seals.join(', ')}
                </span>
              )}
              {empty && <span className="quiet"> · {t('consignment:declared.empty')}</span>}
            </dd>
          </div>
        ))}
        <dt>{t('consignment:declared.source')}</dt>
        <dd className="quiet">
          {t('consignment:declared.source_said', {
            source: dossier.consignment.source,
            message,
            line,
          })}
        </dd>
      </dl>
    </Section>
  );
}

function Item({ item, flagged }: { item: GoodsItem; flagged: boolean }) {
  const { t } = useTranslation(['consignment', 'desk']);
  const format = useFormat();
  const mass = (kg: number | null | undefined) => (kg == null ? '–' : format.mass(kg));
  return (
    <tr data-flagged={flagged || undefined}>
      <th scope="row">
        {item.description || <span className="quiet">{t('desk:not_declared')}</span>}
      </th>
      <td className="code">{item.hs ?? '–'}</td>
      <td>{item.origin ?? '–'}</td>
      <td className="end nowrap">{mass(item.net_mass_kg)}</td>
      <td className="end nowrap">{mass(item.gross_mass_kg)}</td>
      <td className="end nowrap">
        {item.quantity == null
          ? '–'
          : `${format.number(item.quantity)} ${item.quantity_unit ?? ''}`}
      </td>
      <td className="end nowrap">
        {item.packages == null ? '–' : `${format.count(item.packages)} ${item.package_type ?? ''}`}
      </td>
      <td className="end nowrap">
        {item.value == null || !item.currency ? '–' : format.money(item.value, item.currency)}
      </td>
    </tr>
  );
}
