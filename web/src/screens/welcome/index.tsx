// Taking up an invitation, or beginning as the first administrator: a name, a password, and the
// offer of a second factor. The link's token comes after `#`, so no log has ever seen it.
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { Problem } from '@/api/problem';
import { Door } from '@/app/door';
import { homeOf } from '@/app/screens';
import { begin, type Session } from '@/app/session';
import { language } from '@/app/words';
import { Notice } from '@/parts/notice';
import { Loading } from '@/parts/states';
import { TotpSetup } from '../account/totp';
import { welcomeQuery } from '../login/queries';

/** As the server asks. */
const SHORTEST = 12;

export default function Welcome() {
  const { t } = useTranslation('welcome');
  const router = useRouter();
  const link = new URLSearchParams(useLocation().hash);
  const token = link.get('token');
  const { data: welcome, isPending } = useQuery(welcomeQuery);
  const [name, setName] = useState('');
  const [display, setDisplay] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [session, setSession] = useState<Session | null>(null);

  const enter = async () => {
    if (!session) return;
    begin(session);
    await router.navigate({ href: homeOf(session.actions), replace: true });
  };
  if (session) {
    return (
      <Door title={t('factor.title')}>
        <p>{t('factor.why')}</p>
        <TotpSetup onDone={() => void enter()} />
        <Button variant="subtle" onClick={() => void enter()}>
          {t('factor.later')}
        </Button>
      </Door>
    );
  }
  if (!token) {
    return (
      <Door title={t('no_link.title')}>
        <p>{t('no_link.how')}</p>
        <Button variant="default" onClick={() => void router.navigate({ to: '/login' })}>
          {t('no_link.login')}
        </Button>
      </Door>
    );
  }
  if (isPending) return <Loading />;

  // An invitation may be opened before anybody administers; only the server's own link begins that.
  const first = link.has('first') && (welcome?.first_run ?? false);
  const faults = {
    name: first && !/^[a-z0-9][a-z0-9._-]{1,39}$/.test(name) ? t('name_rule') : undefined,
    password: password.length < SHORTEST ? t('password_short', { count: SHORTEST }) : undefined,
    again: again !== password ? t('again_differs') : undefined,
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.values(faults).some(Boolean)) return;
    setBusy(true);
    setProblem(null);
    try {
      const made = await ask<Session>('POST', '/invitations/redeem', {
        body: {
          token,
          password,
          ...(first ? { name } : {}),
          ...(display.trim() ? { display: display.trim() } : {}),
        },
      });
      begin(made);
      // What the page speaks now is what the account will speak.
      await ask('PATCH', '/session', { body: { language: language() } }).catch(() => {});
      setSession(made);
    } catch (error) {
      setProblem(Problem.of(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Door title={t(first ? 'first.title' : 'title')}>
      <p className="quiet">{t(first ? 'first.what' : 'what')}</p>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="sm">
          {first && (
            <TextInput
              label={t('name')}
              description={t('name_why')}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={tried && faults.name}
            />
          )}
          <TextInput
            label={t('display')}
            description={t('display_why')}
            autoComplete="name"
            value={display}
            onChange={(event) => setDisplay(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('password')}
            description={t('password_why', { count: SHORTEST })}
            autoComplete="new-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={tried && faults.password}
            visibilityToggleButtonProps={{ 'aria-label': t('show'), tabIndex: 0 }}
          />
          <PasswordInput
            label={t('again')}
            autoComplete="new-password"
            required
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
            error={tried && faults.again}
            visibilityToggleButtonProps={{ 'aria-label': t('show_again'), tabIndex: 0 }}
          />
          {problem && <Notice tone="bad" problem={problem} />}
          <Button type="submit" size="md" loading={busy}>
            {t('begin')}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
