// One's own account: name and language, password, second factor, and where one is signed in.
import {
  Button,
  Group,
  Modal,
  NativeSelect,
  PasswordInput,
  Stack,
  Table,
  TextInput,
} from '@mantine/core';
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { useFormat } from '@/app/format';
import { sessionQuery, useSession } from '@/app/session';
import { toast } from '@/app/toasts';
import { type Language, setLanguage } from '@/app/words';
import { Notice } from '@/parts/notice';
import { Page, Section } from '@/parts/page';
import { Fetched } from '@/parts/states';
import { Tag } from '@/parts/tag';
import styles from './account.module.css';
import { TotpSetup } from './totp';

interface OwnSession {
  id: string;
  since: string;
  used_at: string;
  expires_at: string;
  agent: string;
  address: string;
  current: boolean;
}

export default function Account() {
  const { t } = useTranslation('account');
  const { account } = useSession();
  return (
    <Page title={t('title')} about={t('about', { name: account.name })}>
      <div className={styles.grid}>
        <Present />
        <Password />
        <SecondFactor />
        <Rights />
        <div className={styles.wide}>
          <Sessions />
        </div>
      </div>
    </Page>
  );
}

function Present() {
  const { t } = useTranslation('account');
  const client = useQueryClient();
  const { account } = useSession();
  const [display, setDisplay] = useState(account.display);
  const [speaks, setSpeaks] = useState(account.language ?? 'ko');
  const change = useMutation({
    mutationFn: () =>
      ask('PATCH', '/session', { body: { display: display.trim(), language: speaks } }),
    onSuccess: async () => {
      await setLanguage(speaks as Language);
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      toast.done(t('present.done'));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Section title={t('present.title')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={t('present.display')}
            required
            maxLength={100}
            value={display}
            onChange={(event) => setDisplay(event.currentTarget.value)}
          />
          <NativeSelect
            label={t('present.language')}
            value={speaks}
            onChange={(event) => setSpeaks(event.currentTarget.value)}
            data={[
              { value: 'ko', label: '한국어' },
              { value: 'en', label: 'English' },
            ]}
          />
          {change.error && <Notice tone="bad" problem={change.error} />}
          <Group>
            <Button type="submit" loading={change.isPending}>
              {t('parts:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function Password() {
  const { t } = useTranslation('account');
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  const differs = again !== '' && again !== fresh;
  const change = useMutation({
    mutationFn: () => ask('POST', '/session/password', { body: { current, new: fresh } }),
    onSuccess: async () => {
      setCurrent('');
      setFresh('');
      setAgain('');
      await client.invalidateQueries({ queryKey: ['sessions'] });
      toast.done(t('password.done'));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!differs) change.mutate();
  };
  return (
    <Section title={t('password.title')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <PasswordInput
            label={t('password.current')}
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('password.show_current'), tabIndex: 0 }}
          />
          <PasswordInput
            label={t('password.fresh')}
            description={t('password.rule')}
            autoComplete="new-password"
            required
            minLength={12}
            value={fresh}
            onChange={(event) => setFresh(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('password.show_fresh'), tabIndex: 0 }}
          />
          <PasswordInput
            label={t('password.again')}
            autoComplete="new-password"
            required
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
            error={differs && t('password.differs')}
            visibilityToggleButtonProps={{ 'aria-label': t('password.show_again'), tabIndex: 0 }}
          />
          {change.error && <Notice tone="bad" problem={change.error} />}
          <Group>
            <Button type="submit" loading={change.isPending}>
              {t('password.change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function SecondFactor() {
  const { t } = useTranslation('account');
  const client = useQueryClient();
  const { totp } = useSession();
  const [open, setOpen] = useState<'on' | 'off' | null>(null);
  const [password, setPassword] = useState('');
  const settle = async (said: string) => {
    setOpen(null);
    setPassword('');
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    toast.done(said);
  };
  const remove = useMutation({
    mutationFn: () => ask('DELETE', '/session/totp', { body: { password } }),
    onSuccess: () => settle(t('totp.removed')),
  });
  return (
    <Section title={t('totp.title')}>
      <div>
        {totp ? (
          <Tag tone="good" icon={IconShieldCheck}>
            {t('totp.on')}
          </Tag>
        ) : (
          <Tag tone="warn" icon={IconShieldOff}>
            {t('totp.off')}
          </Tag>
        )}
      </div>
      <p className={styles.step}>{t('totp.why')}</p>
      <Group>
        {totp ? (
          <Button variant="default" onClick={() => setOpen('off')}>
            {t('totp.remove')}
          </Button>
        ) : (
          <Button onClick={() => setOpen('on')}>{t('totp.begin')}</Button>
        )}
      </Group>
      <Modal
        opened={open === 'on'}
        onClose={() => setOpen(null)}
        title={t('totp.begin')}
        closeButtonProps={{ 'aria-label': t('parts:close') }}
      >
        <TotpSetup onDone={() => void settle(t('totp.added'))} />
      </Modal>
      <Modal
        opened={open === 'off'}
        onClose={() => setOpen(null)}
        title={t('totp.remove')}
        closeButtonProps={{ 'aria-label': t('parts:close') }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            remove.mutate();
          }}
        >
          <Stack gap="sm">
            <PasswordInput
              label={t('password.current')}
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              visibilityToggleButtonProps={{
                'aria-label': t('password.show_current'),
                tabIndex: 0,
              }}
            />
            {remove.error && <Notice tone="bad" problem={remove.error} />}
            <Group justify="flex-end">
              <Button type="submit" color="red" loading={remove.isPending}>
                {t('totp.remove')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </Section>
  );
}

function Rights() {
  const { t } = useTranslation('account');
  const { grants } = useSession();
  return (
    <Section title={t('rights.title')}>
      <p className={`${styles.step} quiet`}>{t('rights.how')}</p>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('rights.role')}</Table.Th>
            <Table.Th scope="col">{t('rights.office')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {grants.map(({ role, office }) => (
            <Table.Tr key={`${role} ${office}`}>
              <Table.Td>{t(`shell:roles.${role}`)}</Table.Td>
              <Table.Td>{office === '*' ? t('shell:office.all') : office}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}

function Sessions() {
  const { t } = useTranslation('account');
  const format = useFormat();
  const client = useQueryClient();
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: async () => (await ask<{ items: OwnSession[] }>('GET', '/sessions')).items,
  });
  const end = useMutation({
    mutationFn: (id: string) => ask('DELETE', `/sessions/${encodeURIComponent(id)}`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['sessions'] });
      toast.done(t('sessions.ended'));
    },
    onError: toast.failed,
  });
  return (
    <Section title={t('sessions.title')}>
      <Fetched query={sessions}>
        {(items) => (
          <Table.ScrollContainer minWidth={640}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{t('sessions.agent')}</Table.Th>
                  <Table.Th scope="col">{t('sessions.address')}</Table.Th>
                  <Table.Th scope="col">{t('sessions.since')}</Table.Th>
                  <Table.Th scope="col">{t('sessions.used')}</Table.Th>
                  <Table.Th scope="col">
                    <span className="visually-hidden">{t('sessions.end')}</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td>{browser(one.agent)}</Table.Td>
                    <Table.Td>{one.address}</Table.Td>
                    <Table.Td>{format.time(one.since)}</Table.Td>
                    <Table.Td>{format.ago(one.used_at)}</Table.Td>
                    <Table.Td className="end">
                      {one.current ? (
                        <Tag tone="note">{t('sessions.current')}</Tag>
                      ) : (
                        <Button
                          variant="default"
                          size="compact-sm"
                          onClick={() => end.mutate(one.id)}
                        >
                          {t('sessions.end')}
                        </Button>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Fetched>
    </Section>
  );
}

/** What a person knows a browser by. */
function browser(agent: string): string {
  const name = /(Edg|Firefox|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS|Linux)/.exec(agent)?.[1];
  if (!name) return agent || '–';
  return [name === 'Edg' ? 'Edge' : name, system].filter(Boolean).join(' · ');
}
