// The row under the hand, beside the list: enough to decide without leaving it. What the list knows
// is there at once; the rest is fetched when the officer rests on a row.
import { Button, Kbd } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Act, QueueRow } from '@/api/desk';
import { useFormat } from '@/app/format';
import { ACT_KEYS, ACTS } from '@/parts/decide/decisions';
import { StandingTag } from '@/parts/decide/standing';
import { Lane } from '@/parts/lane';
import { Notice } from '@/parts/notice';
import { ReasonSentence } from '@/parts/reason';
import { Failed } from '@/parts/states';
import { dossierQuery } from '../consignment/queries';
import { recordWords } from '../consignment/record';
import { Why } from '../consignment/why';
import { goodsFacts, Marked, routeOf } from './columns';
import styles from './queue.module.css';

const REST_MS = 150;
const PUSHES = 5;

interface Props {
  row: QueueRow | undefined;
  q: string;
  mayDecide: boolean;
  onAct: (act: Act) => void;
}

export function Preview({ row, q, mayDecide, onAct }: Props) {
  const { t } = useTranslation(['queue', 'desk', 'consignment']);
  const format = useFormat();
  const [settled] = useDebouncedValue(row?.consignment, REST_MS);
  const { data, error, refetch } = useQuery({
    ...dossierQuery(settled ?? ''),
    enabled: settled !== undefined && settled === row?.consignment,
  });
  if (!row) {
    return (
      <aside className={styles.pane} aria-label={t('queue:preview.label')}>
        <div className={styles.paneBody}>
          <p className="quiet">{t('queue:preview.none')}</p>
        </div>
      </aside>
    );
  }
  const dossier = data?.consignment.id === row.consignment ? data : undefined;
  const codes = routeOf(row.route);
  const allowed = dossier?.allowed;
  const victims = dossier?.parties.flatMap(({ possible_victim }) => possible_victim ?? []) ?? [];
  const dwell = dossier?.route.filter(({ dwell_h }) => dwell_h != null) ?? [];
  return (
    <aside className={styles.pane} aria-label={t('queue:preview.label')}>
      {/* The body scrolls, so the keyboard must be able to reach it. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
      <div className={styles.paneBody} tabIndex={0} role="group" aria-label={row.consignment}>
        <div className={styles.paneHead}>
          {row.lane && <Lane lane={row.lane} />}
          <StandingTag stands={row} />
          <span className="quiet">
            {row.modality && t(`desk:modality.${row.modality}`)}
            {row.minutes != null && ` · ${format.minutes(row.minutes)}`}
          </span>
        </div>
        <h2>
          <Link to="/consignments/$id" params={{ id: row.consignment }} className={styles.link}>
            {row.goods.description || row.consignment}
          </Link>
        </h2>
        <div className="quiet">
          {goodsFacts(row, format)}
          {row.goods.items > 1 && ` · ${t('queue:preview.items', { count: row.goods.items })}`}
        </div>
        {victims.map((said) => (
          <Notice key={said.en} tone="warn">
            {format.said(said)}
          </Notice>
        ))}

        <h3>{t('queue:preview.why')}</h3>
        {dossier?.why ? (
          <Why why={dossier.why} most={PUSHES} />
        ) : (
          <ul className={styles.plain}>
            {row.reasons.map((reason) => (
              <li key={reason.feature}>
                <ReasonSentence reason={reason} />
              </li>
            ))}
          </ul>
        )}

        {dossier && dossier.quality.length > 0 && (
          <>
            <h3>{t('queue:preview.quality')}</h3>
            <ul className={styles.plain}>
              {dossier.quality.map(({ field, kind, said }) => (
                <li key={`${field} ${kind}`}>
                  {typeof said === 'string' ? said : format.said(said)}
                </li>
              ))}
            </ul>
          </>
        )}

        <h3>{t('queue:preview.facts')}</h3>
        <dl className={styles.facts}>
          <dt>{t('queue:column.route')}</dt>
          <dd>
            <span className="code">{codes.join(' → ') || '–'}</span>
            {dwell.map(({ code, dwell_h }) => (
              <div key={code} className="quiet">
                {code} {format.hours(dwell_h ?? 0)}
              </div>
            ))}
          </dd>
          {row.consignor != null && (
            <>
              <dt>{t('desk:role.consignor')}</dt>
              <dd>
                <Marked q={q} text={row.consignor} />
              </dd>
            </>
          )}
          {row.consignee != null && (
            <>
              <dt>{t('desk:role.consignee')}</dt>
              <dd>
                <Marked q={q} text={row.consignee} />
              </dd>
            </>
          )}
          {dossier?.parties
            .filter(({ role }) => role === 'consignor' || role === 'consignee')
            .slice(0, 2)
            .map(({ role, record }) => (
              <div key={role} className={styles.recordLine}>
                <dt>{t('queue:preview.record', { role: t(`desk:role.${role}`) })}</dt>
                <dd>{recordWords(record, t, format)}</dd>
              </div>
            ))}
          <dt>{t('queue:column.arrival')}</dt>
          <dd>
            <time dateTime={row.arrived_at}>{format.time(row.arrived_at)}</time> · {row.office}
          </dd>
          <dt>{t('queue:column.chance')}</dt>
          <dd>
            {row.chance == null ? '–' : format.share(row.chance)}
            {row.channel && ` · ${t(`desk:channel.${row.channel}`)}`}
          </dd>
        </dl>

        {dossier && dossier.playbook.lines.length > 0 && (
          <>
            <h3>{t('queue:preview.playbook')}</h3>
            <ul className={styles.plain}>
              {dossier.playbook.lines.slice(0, 3).map((line) => (
                <li key={`${line.where.en} ${line.with}`}>
                  {format.said(line.where)} · <strong>{t(`desk:modality.${line.with}`)}</strong>
                  {line.defeats && <div className="quiet">{format.said(line.defeats)}</div>}
                </li>
              ))}
            </ul>
          </>
        )}
        {row.decision && (
          <p className="quiet">
            {t('queue:preview.decided', {
              by: row.decision.by,
              at: format.time(row.decision.at),
              what: t(`desk:decided.${row.decision.act}`),
            })}
            {row.decision.reason && ` · ${row.decision.reason}`}
          </p>
        )}
        {error && !dossier && <Failed error={error} again={refetch} />}
      </div>
      {mayDecide && (
        <div className={styles.paneFoot}>
          {ACTS.filter((act) => !allowed || allowed.includes(act)).map((act) => (
            <Button
              key={act}
              size="compact-sm"
              variant={act === 'hold' ? 'filled' : 'default'}
              rightSection={<Kbd size="xs">{ACT_KEYS[act]}</Kbd>}
              onClick={() => onAct(act)}
            >
              {t(`desk:act.${act}`)}
            </Button>
          ))}
          {row.decision?.undoable && (
            <Button
              size="compact-sm"
              variant="default"
              rightSection={<Kbd size="xs">u</Kbd>}
              onClick={() => onAct('undo')}
            >
              {t('desk:act.undo')}
            </Button>
          )}
        </div>
      )}
    </aside>
  );
}
