// What happened to this consignment and to others like it: decisions, outcomes, its versions, its
// timeline, similar finds; and the playbook, which is what past finds of such goods teach.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ConsignmentDetail, Decision, Dossier } from '@/api/desk';
import { useFormat } from '@/app/format';
import { useCodes } from '@/parts/decide/decisions';
import { OutcomeTag } from '@/parts/decide/standing';
import { Section } from '@/parts/page';
import styles from './consignment.module.css';
import { sideBySide } from './versions';

export function Playbook({ playbook }: { playbook: Dossier['playbook'] }) {
  const { t } = useTranslation(['consignment', 'desk']);
  const format = useFormat();
  if (playbook.lines.length === 0) return null;
  return (
    <Section title={t('consignment:playbook.title')} help={<p>{t('consignment:playbook.help')}</p>}>
      <p className={styles.profile}>{format.said(playbook.profile)}</p>
      <ol className={styles.playbook}>
        {playbook.lines.map((line) => (
          <li key={`${line.where.en} ${line.with}`}>
            <div>
              <strong>{format.said(line.where)}</strong>
              <span className={styles.with}>{t(`desk:modality.${line.with}`)}</span>
            </div>
            {line.defeats && (
              <div className={styles.defeats}>
                {t('consignment:playbook.defeats')} {format.said(line.defeats)}
              </div>
            )}
            <div className={styles.source}>{line.source}</div>
          </li>
        ))}
      </ol>
    </Section>
  );
}

export function Decisions({ decisions }: { decisions: Decision[] }) {
  const { t } = useTranslation(['consignment', 'desk']);
  const format = useFormat();
  const { data: codes } = useCodes();
  if (decisions.length === 0) return null;
  const saidOf = (code: string) => {
    const known = codes?.reason_codes.find((one) => one.code === code);
    return known ? format.said(known.said) : code;
  };
  return (
    <Section title={t('consignment:decisions.title')}>
      <ul className={styles.list}>
        {decisions.map((one) => (
          <li key={one.id} data-undone={one.undone_by != null || undefined}>
            <div>
              <strong>{t(`desk:decided.${one.act}`)}</strong>
              {one.modality && ` · ${t(`desk:modality.${one.modality}`)}`} ·{' '}
              {saidOf(one.reason_code)}
            </div>
            {one.question && <q>{one.question}</q>}
            {one.reason && <div>{one.reason}</div>}
            <div className="quiet">
              {one.by} · <time dateTime={one.at}>{format.time(one.at)}</time>
              {one.undone_by != null && ` · ${t('consignment:decisions.undone')}`}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Outcomes({ outcomes }: { outcomes: ConsignmentDetail['outcomes'] }) {
  const { t } = useTranslation(['consignment', 'desk']);
  const format = useFormat();
  if (outcomes.length === 0) return null;
  return (
    <Section title={t('consignment:outcomes.title')}>
      <ul className={styles.list}>
        {outcomes.toReversed().map((one) => (
          <li key={one.revision}>
            <div className={styles.inline}>
              <OutcomeTag outcome={one.outcome} />
              {one.modality && <span>{t(`desk:modality.${one.modality}`)}</span>}
              {one.concealment && <span>{one.concealment}</span>}
            </div>
            {one.exhibits.map((exhibit) => (
              <div key={`${exhibit.substance} ${exhibit.quantity}`}>
                {exhibit.substance} {format.number(exhibit.quantity)} {exhibit.unit}
              </div>
            ))}
            {one.reason && <div>{one.reason}</div>}
            <div className="quiet">
              {one.officer} · <time dateTime={one.recorded_at}>{format.time(one.recorded_at)}</time>
              {one.revision > 1 &&
                ` · ${t('consignment:outcomes.revision', { revision: one.revision })}`}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface VersionsProps {
  versions: Dossier['versions'];
  current: string;
}

export function Versions({ versions, current }: VersionsProps) {
  const { t } = useTranslation(['consignment', 'desk']);
  const format = useFormat();
  const rows = sideBySide(versions);
  if (versions.length < 2) return null;
  return (
    <Section title={t('consignment:versions.title')}>
      {/* Wide tables scroll, so the keyboard must be able to reach them. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
      <section className={styles.wide} tabIndex={0} aria-label={t('consignment:versions.title')}>
        <table className={styles.grid}>
          <thead>
            <tr>
              <th scope="col">{t('consignment:versions.field')}</th>
              {versions.map((version) => (
                <th key={version.id} scope="col">
                  <Link
                    to="/consignments/$id"
                    params={{ id: version.id }}
                    aria-current={version.id === current ? 'page' : undefined}
                  >
                    {t('consignment:versions.number', { version: version.version })}
                  </Link>
                  <div className="quiet">
                    <time dateTime={version.at}>{format.time(version.at)}</time>
                  </div>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.path}>
                <th scope="row" className="code">
                  {row.path}
                </th>
                {row.cells.map((cell, at) => (
                  <td key={versions[at]?.id} data-changed={cell.changed || undefined}>
                    {cell.changed && (
                      <span className={styles.changed}>{t('consignment:versions.changed')} </span>
                    )}
                    {cell.value ?? <span className="quiet">–</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  );
}

export function Timeline({ timeline }: { timeline: Dossier['timeline'] }) {
  const { t } = useTranslation('consignment');
  const format = useFormat();
  if (timeline.length === 0) return null;
  return (
    <Section title={t('timeline.title')}>
      <ol className={styles.timeline}>
        {timeline.map((event, at) => (
          // Two things may happen at one moment.
          // biome-ignore lint/suspicious/noArrayIndexKey: the order is the time
          <li key={at} data-kind={event.kind}>
            <time dateTime={event.at} className="quiet">
              {format.time(event.at)}
            </time>
            <div>
              {event.link ? (
                <a href={event.link}>{format.said(event.said)}</a>
              ) : (
                format.said(event.said)
              )}
              {event.actor && <span className="quiet"> · {event.actor}</span>}
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}

export function Similar({ similar }: { similar: Dossier['similar'] }) {
  const { t } = useTranslation(['consignment', 'desk']);
  const format = useFormat();
  return (
    <Section title={t('consignment:similar.title')} help={<p>{t('consignment:similar.help')}</p>}>
      {similar.length === 0 ? (
        <p className="quiet">{t('consignment:similar.none')}</p>
      ) : (
        <ul className={styles.list}>
          {similar.map((one) => (
            <li key={one.consignment}>
              <div className={styles.inline}>
                <Link to="/consignments/$id" params={{ id: one.consignment }}>
                  {one.consignment}
                </Link>
                <OutcomeTag outcome={one.outcome} />
                <span className="quiet">
                  {format.day(one.day)} · {one.office}
                </span>
              </div>
              {(one.substance || one.concealment) && (
                <div>{[one.substance, one.concealment].filter(Boolean).join(' · ')}</div>
              )}
              <div className="quiet">{format.said(one.why)}</div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
