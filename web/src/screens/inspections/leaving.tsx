// Signing out of a device that works at the dock: what it keeps to read is cleared, and a person
// with unsent reports is told before, because those travel only under their own sign-in.
import { Button, Group, Modal } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '@/app/session';
import styles from './inspections.module.css';
import { dock } from './store';

interface Props {
  onStay: () => void;
  onLeave: () => Promise<boolean>;
}

export default function Leaving({ onStay, onLeave }: Props) {
  const { t } = useTranslation('inspections');
  const { account } = useSession();
  const [unsent, setUnsent] = useState<number | null>(null);
  const leave = useRef(async () => {});
  leave.current = async () => {
    // The session first: what is cleared while it lives would be fetched again.
    if (await onLeave()) await (await dock()).clear();
  };
  useEffect(() => {
    let over = false;
    void dock()
      .then((store) => store.entries())
      .then((entries) => {
        if (over) return;
        const mine = entries.filter((one) => one.account === account.id && one.state !== 'sent');
        if (mine.length === 0) void leave.current();
        else setUnsent(mine.length);
      });
    return () => {
      over = true;
    };
  }, [account.id]);
  if (unsent === null) return null;
  return (
    <Modal
      opened
      onClose={onStay}
      title={t('leave.title')}
      closeButtonProps={{ 'aria-label': t('parts:close'), size: 'xl' }}
    >
      <div className={styles.form}>
        <p>{t('leave.said', { count: unsent })}</p>
        <Group justify="flex-end">
          <Button size="lg" variant="default" onClick={() => void leave.current()}>
            {t('leave.go')}
          </Button>
          <Button size="lg" onClick={onStay} data-autofocus>
            {t('leave.stay')}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
