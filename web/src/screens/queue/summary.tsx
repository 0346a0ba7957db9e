// What came of deciding about many: how many were done, which were refused and what to do about
// those, and the way back. It stays until it is closed, because refusals want to be read.
import { Button, CloseButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Decided, type Order, refusalWords, useSummary } from '@/parts/decide/decisions';
import styles from './queue.module.css';

interface Props {
  result: { decided: Decided; order: Order };
  onUndo: () => void;
  onClose: () => void;
}

/** Ids that are named; of more only the number is said. */
const NAMED = 12;

export function Summary({ result, onUndo, onClose }: Props) {
  const { t } = useTranslation(['queue', 'desk']);
  const { decided, order } = result;
  const { done, groups } = useSummary(decided);
  const undoable = order.act !== 'undo' && decided.decisions.some((one) => one.undoable);
  return (
    <section className={styles.summary} aria-label={t('queue:summary.label')}>
      <div className={styles.summaryHead} role="status">
        <strong>{t(`queue:summary.done_${order.act}`, { count: done })}</strong>
        {decided.refused.length > 0 && (
          <span>{t('queue:summary.refused', { count: decided.refused.length })}</span>
        )}
        <span className={styles.spacer} />
        {undoable && (
          <Button size="compact-sm" variant="default" onClick={onUndo}>
            {t('queue:summary.undo')}
          </Button>
        )}
        <CloseButton aria-label={t('parts:close')} onClick={onClose} />
      </div>
      {groups.length > 0 && (
        <ul>
          {groups.map((group) => (
            <li key={group[0]?.code}>
              {group[0] && refusalWords(group[0], t)}{' '}
              {group.slice(0, NAMED).map(({ consignment }) => (
                <Link
                  key={consignment}
                  to="/consignments/$id"
                  params={{ id: consignment }}
                  className={styles.named}
                >
                  {consignment}
                </Link>
              ))}
              {group.length > NAMED && t('queue:summary.more', { count: group.length - NAMED })}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
