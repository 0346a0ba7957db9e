// The check of the whole log on the server: every entry's hash, every checkpoint's root and
// signature. It says how much there is to check and how long it has been at it.
import { Button, Modal, Progress, Stack } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { useFormat } from '@/app/format';
import { Notice } from '@/parts/notice';
import styles from './journal.module.css';
import { checkpointQuery, type Verification } from './queries';

export function VerifyAll() {
  const { t } = useTranslation('journal');
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const [seconds, setSeconds] = useState(0);
  const { data: checkpoint } = useQuery({ ...checkpointQuery, enabled: open, retry: false });
  const verify = useMutation({
    mutationFn: () => ask<Verification>('POST', '/journal/verify'),
  });
  const { isPending, data, error } = verify;
  useEffect(() => {
    if (!isPending) return;
    const since = Date.now();
    const clock = setInterval(() => setSeconds(Math.round((Date.now() - since) / 1000)), 250);
    return () => clearInterval(clock);
  }, [isPending]);
  return (
    <>
      <Button
        leftSection={<IconShieldCheck size={18} aria-hidden />}
        onClick={() => {
          setOpen(true);
          setSeconds(0);
          verify.mutate();
        }}
      >
        {t('verify.act')}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t('verify.title')}
        closeButtonProps={{ 'aria-label': t('parts:close') }}
      >
        <Stack gap="sm">
          <p className={styles.how}>{t('verify.how')}</p>
          {isPending && (
            <div role="status">
              <Progress value={100} animated aria-label={t('verify.title')} />
              <p className={styles.how}>
                {t('verify.going', { count: checkpoint?.size ?? 0, seconds })}
              </p>
            </div>
          )}
          {error && <Notice tone="bad" problem={error} />}
          {data?.verified && (
            <Notice tone="good">
              {t('verify.good', {
                count: data.rows ?? 0,
                checkpoints: format.count(data.checkpoints ?? 0),
              })}
            </Notice>
          )}
          {data && !data.verified && (
            <Notice tone="bad">
              {t('verify.bad', { seq: data.first_altered ?? '?' })} {data.what}
            </Notice>
          )}
          {data?.root && (
            <div>
              <div className="quiet">{t('verify.root')}</div>
              <code className="code">{data.root}</code>
            </div>
          )}
          {data?.verified && (data.unsigned ?? 0) > 0 && (
            <Notice tone="warn">{t('verify.unsigned', { count: data.unsigned ?? 0 })}</Notice>
          )}
        </Stack>
      </Modal>
    </>
  );
}
