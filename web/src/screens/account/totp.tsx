// Setting up a second factor: the picture to scan, the secret to type where no camera is at hand,
// and the first code, without which nothing changes.
import { Button, Code, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { Notice } from '@/parts/notice';
import { Failed, Loading } from '@/parts/states';
import styles from './account.module.css';

interface Totp {
  secret: string;
  uri: string;
  qr_svg: string;
}

export function TotpSetup({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('account');
  const [code, setCode] = useState('');
  const { data, error, refetch } = useQuery({
    queryKey: ['totp'],
    queryFn: () => ask<Totp>('POST', '/session/totp'),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const confirm = useMutation({
    mutationFn: () => ask('POST', '/session/totp/confirm', { body: { code } }),
    onSuccess: onDone,
  });
  if (error) return <Failed error={error} again={refetch} />;
  if (!data) return <Loading />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <p className={styles.step}>{t('totp.scan')}</p>
        <img
          className={styles.qr}
          alt={t('totp.picture')}
          src={`data:image/svg+xml,${encodeURIComponent(data.qr_svg)}`}
        />
        <p className={styles.step}>
          {t('totp.type')} <Code>{data.secret.replace(/(.{4})/g, '$1 ').trim()}</Code>
        </p>
        <TextInput
          label={t('totp.code')}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          required
          value={code}
          onChange={(event) => setCode(event.currentTarget.value.replace(/\D/g, ''))}
        />
        {confirm.error && <Notice tone="bad" problem={confirm.error} />}
        <Group>
          <Button type="submit" loading={confirm.isPending} disabled={code.length !== 6}>
            {t('totp.confirm')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
