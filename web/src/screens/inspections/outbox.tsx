// The outbox in words: how many reports wait, are on their way, have arrived or need a decision.
// It is always on screen, because a person who puts the tablet down must know what is not yet sent.
import { Button, Drawer } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconCloudOff,
  IconCloudUp,
  IconLogin2,
  IconRefresh,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Empty } from '@/parts/states';
import { Tag, type Tone } from '@/parts/tag';
import type { Outbox } from './dock';
import styles from './inspections.module.css';
import { OutcomeTag } from './outcome-words';
import type { Entry, EntryState, KeptList } from './shapes';

export function count(entries: Entry[]): Record<EntryState, number> {
  const counts = { waiting: 0, sending: 0, sent: 0, conflict: 0, refused: 0 };
  for (const { state } of entries) counts[state] += 1;
  return counts;
}

interface BarProps {
  outbox: Outbox;
  onOpen: () => void;
  list: (KeptList & { kept: boolean }) | undefined;
  /** What was kept last, in words. */
  kept: string | null;
}

type Say = { tone: Tone; icon: typeof IconCheck; said: string };

export function OutboxBar({ outbox, onOpen, list, kept }: BarProps) {
  const { t } = useTranslation('inspections');
  const format = useFormat();
  const counts = count(outbox.mine);
  const unsent = counts.waiting + counts.sending;
  const offline = outbox.ended === 'offline' || list?.kept === true;
  const says: Say[] = [];
  if (counts.conflict > 0) {
    says.push({
      tone: 'bad',
      icon: IconAlertTriangle,
      said: t('outbox.conflict', { count: counts.conflict }),
    });
  }
  if (counts.refused > 0) {
    says.push({
      tone: 'bad',
      icon: IconAlertTriangle,
      said: t('outbox.refused', { count: counts.refused }),
    });
  }
  if (counts.sending > 0 || (outbox.sending && counts.waiting > 0)) {
    says.push({ tone: 'note', icon: IconRefresh, said: t('outbox.sending', { count: unsent }) });
  } else if (unsent > 0) {
    says.push({
      tone: 'warn',
      icon: offline ? IconCloudOff : IconCloudUp,
      said: t('outbox.waiting', { count: unsent }),
    });
  }
  if (outbox.ended === 'sign_in' && unsent > 0) {
    says.push({ tone: 'bad', icon: IconLogin2, said: t('outbox.sign_in') });
  }
  if (says.length === 0) {
    says.push({
      tone: 'good',
      icon: IconCheck,
      said: counts.sent > 0 ? t('outbox.all_sent', { count: counts.sent }) : t('outbox.empty'),
    });
  }
  return (
    <div className={styles.bar}>
      <button type="button" className={styles.barButton} onClick={onOpen}>
        <span className="visually-hidden">{t('outbox.open')}</span>
        <span className={styles.tags} role="status">
          {says.map(({ tone, icon, said }) => (
            <Tag key={said} tone={tone} icon={icon}>
              {said}
            </Tag>
          ))}
        </span>
      </button>
      <span className={styles.keptLast} role="status">
        {kept}
      </span>
      {list?.kept && (
        <span className={styles.keptSince}>
          <IconCloudOff size={18} aria-hidden />
          {t('kept_list', { time: format.time(new Date(list.fetched_at).toISOString()) })}
        </span>
      )}
      {outbox.foreign > 0 && (
        <span className={styles.keptSince}>{t('outbox.foreign', { count: outbox.foreign })}</span>
      )}
    </div>
  );
}

const TONES: Record<EntryState, Tone> = {
  waiting: 'warn',
  sending: 'note',
  sent: 'good',
  conflict: 'bad',
  refused: 'bad',
};

interface DrawerProps {
  opened: boolean;
  onClose: () => void;
  outbox: Outbox;
}

export function OutboxDrawer({ opened, onClose, outbox }: DrawerProps) {
  const { t } = useTranslation('inspections');
  const format = useFormat();
  const entries = [...outbox.mine].reverse();
  const waits = entries.some(({ state }) => state === 'waiting');
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      title={t('outbox.title')}
      closeButtonProps={{ 'aria-label': t('parts:close'), size: 'xl' }}
    >
      <div className={styles.form}>
        <p className="quiet">{t('outbox.about')}</p>
        {waits && (
          <Button
            size="lg"
            loading={outbox.sending}
            leftSection={<IconRefresh size={22} aria-hidden />}
            onClick={outbox.send}
          >
            {t('outbox.send')}
          </Button>
        )}
        {entries.length === 0 ? (
          <Empty title={t('outbox.nothing')} />
        ) : (
          <ul className={styles.plainList}>
            {entries.map((entry) => (
              <li key={entry.id} className={styles.entry}>
                <Link
                  to="/inspections"
                  search={{ c: entry.report.consignment } as never}
                  className={styles.entryLink}
                  onClick={onClose}
                >
                  <span className="code">{entry.reference}</span>
                  <span className={styles.tags}>
                    <OutcomeTag outcome={entry.report.outcome} />
                    <Tag tone={TONES[entry.state]}>{t(`state.${entry.state}`)}</Tag>
                    <span className="quiet">
                      {format.time(new Date(entry.sent_at ?? entry.stored_at).toISOString())}
                    </span>
                  </span>
                  {entry.said && entry.state !== 'sent' && (
                    <span className="quiet">{entry.said}</span>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Drawer>
  );
}
