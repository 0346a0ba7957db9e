// Signing in: name, password, and the authenticator's code when the account has one. A server that
// has nobody yet says how the first account is made.
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { Problem } from '@/api/problem';
import { Door } from '@/app/door';
import { homeOf } from '@/app/screens';
import { begin, type Session } from '@/app/session';
import { setLanguage } from '@/app/words';
import { Notice } from '@/parts/notice';
import { welcomeQuery } from './queries';

const route = getRouteApi('/login');

export default function Login() {
  const { t } = useTranslation('login');
  const router = useRouter();
  const { back, refused } = route.useSearch();
  const { data: welcome } = useQuery(welcomeQuery);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const body = { name: name.trim(), password, ...(code ? { totp: code } : {}) };
      const session = await ask<Session>('POST', '/session', { body });
      begin(session);
      const { language } = session.account;
      if (language === 'ko' || language === 'en') await setLanguage(language);
      await router.navigate({ href: back ?? homeOf(session.actions), replace: true });
    } catch (error) {
      const what = Problem.of(error);
      if (what.code === 'totp_needed') setCode(code ?? '');
      if (what.code !== 'totp_needed' || code) setProblem(what);
    } finally {
      setBusy(false);
    }
  };

  if (welcome?.first_run) {
    return (
      <Door title={t('first.title')}>
        <p>{t('first.how')}</p>
        <p className="quiet">{t('first.lost')}</p>
      </Door>
    );
  }
  return (
    <Door title={t('title')}>
      {welcome?.demo && <Notice tone="note">{t('demo')}</Notice>}
      {refused && (
        <Notice tone="bad">
          {t('sso_refused', { name: welcome?.sso?.name ?? 'OpenID Connect' })}
        </Notice>
      )}
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          <TextInput
            label={t('name')}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('password')}
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('show'), tabIndex: 0 }}
          />
          {code !== null && (
            <TextInput
              label={t('code')}
              description={t('code_where')}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={6}
              autoFocus
              required
              value={code}
              onChange={(event) => setCode(event.currentTarget.value.replace(/\D/g, ''))}
            />
          )}
          {problem && <Notice tone="bad" problem={problem} />}
          <Button type="submit" size="md" loading={busy}>
            {t('enter')}
          </Button>
        </Stack>
      </form>
      {welcome?.sso && (
        <Button component="a" href={welcome.sso.url} variant="default" size="md">
          {t('sso', { name: welcome.sso.name })}
        </Button>
      )}
      <p className="quiet">{t('forgot')}</p>
    </Door>
  );
}
