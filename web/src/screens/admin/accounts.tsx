// Accounts: who there is, what roles at which offices, who was invited; nobody gets a password from
// anyone, only a link by which to choose one.
import {
  ActionIcon,
  Button,
  Group,
  Menu,
  Modal,
  NativeSelect,
  Table,
  TextInput,
} from '@mantine/core';
import { IconDots, IconPlus, IconTrash, IconUserPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { useFormat } from '@/app/format';
import { officesQuery } from '@/app/office';
import { type Role, useSession } from '@/app/session';
import { toast } from '@/app/toasts';
import { Notice } from '@/parts/notice';
import { Section } from '@/parts/page';
import { Fetched } from '@/parts/states';
import { Tag } from '@/parts/tag';
import styles from './admin.module.css';
import { Once } from './link';
import { type Account, accountsQuery, type Grant, type Invited } from './queries';

const ROLES: Role[] = [
  'targeting_officer',
  'inspector',
  'investigator',
  'analyst',
  'auditor',
  'administrator',
];

export function Accounts() {
  const { t } = useTranslation('admin');
  const format = useFormat();
  const client = useQueryClient();
  const { account: own } = useSession();
  const accounts = useQuery(accountsQuery);
  const [form, setForm] = useState<Account | 'new' | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const settle = () => client.invalidateQueries({ queryKey: ['accounts'] });
  const act = useMutation({
    mutationFn: async ({ id, what }: { id: string; what: 'invite' | 'sign-out' }) => {
      const answer = await ask<Invited | undefined>(
        'POST',
        `/accounts/${encodeURIComponent(id)}/${what}`,
      );
      if (what === 'invite' && answer) setLink(answer.link);
      else toast.done(t('accounts.signed_out'));
    },
    onSuccess: settle,
    onError: toast.failed,
  });
  const state = useMutation({
    mutationFn: ({ id, to }: { id: string; to: 'active' | 'closed' }) =>
      ask('PATCH', `/accounts/${encodeURIComponent(id)}`, { body: { state: to } }),
    onSuccess: async (_, { id, to }) => {
      await settle();
      if (to === 'closed') {
        toast.undoable(t('accounts.closed_done'), () =>
          state.mutateAsync({ id, to: 'active' }).then(),
        );
      } else {
        toast.done(t('accounts.opened_done'));
      }
    },
    onError: toast.failed,
  });
  return (
    <Section
      title={t('accounts.title')}
      help={t('accounts.help')}
      actions={
        <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={() => setForm('new')}>
          {t('accounts.invite')}
        </Button>
      }
    >
      <Fetched query={accounts}>
        {(items) => (
          <Table.ScrollContainer minWidth={760}>
            <Table highlightOnHover>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{t('accounts.name')}</Table.Th>
                  <Table.Th scope="col">{t('accounts.roles')}</Table.Th>
                  <Table.Th scope="col">{t('accounts.state')}</Table.Th>
                  <Table.Th scope="col">{t('accounts.factor')}</Table.Th>
                  <Table.Th scope="col">{t('accounts.seen')}</Table.Th>
                  <Table.Th scope="col">
                    <span className="visually-hidden">{t('acts')}</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td>
                      <div>{one.display}</div>
                      <div className="quiet">{one.name}</div>
                    </Table.Td>
                    <Table.Td>
                      <div className={styles.tags}>
                        {one.grants.map(({ role, office }) => (
                          <Tag key={`${role} ${office}`}>
                            {t(`shell:roles.${role}`)} ·{' '}
                            {office === '*' ? t('shell:office.all') : office}
                          </Tag>
                        ))}
                      </div>
                    </Table.Td>
                    <Table.Td>
                      <Tag
                        tone={
                          ({ active: 'good', invited: 'note', closed: 'plain' } as const)[one.state]
                        }
                      >
                        {t(`accounts.states.${one.state}`)}
                      </Tag>
                    </Table.Td>
                    <Table.Td>
                      {t(one.totp ? 'accounts.factor_on' : 'accounts.factor_off')}
                    </Table.Td>
                    <Table.Td>{one.last_seen ? format.ago(one.last_seen) : '–'}</Table.Td>
                    <Table.Td className="end">
                      <Menu position="bottom-end">
                        <Menu.Target>
                          <ActionIcon
                            variant="subtle"
                            color="gray"
                            size="lg"
                            aria-label={t('accounts.acts', { name: one.display })}
                          >
                            <IconDots size={18} />
                          </ActionIcon>
                        </Menu.Target>
                        <Menu.Dropdown>
                          <Menu.Item onClick={() => setForm(one)}>{t('accounts.change')}</Menu.Item>
                          <Menu.Item onClick={() => act.mutate({ id: one.id, what: 'invite' })}>
                            {t('accounts.new_link')}
                          </Menu.Item>
                          <Menu.Item onClick={() => act.mutate({ id: one.id, what: 'sign-out' })}>
                            {t('accounts.sign_out')}
                          </Menu.Item>
                          {one.name !== own.name && (
                            <Menu.Item
                              onClick={() =>
                                state.mutate({
                                  id: one.id,
                                  to: one.state === 'closed' ? 'active' : 'closed',
                                })
                              }
                            >
                              {t(one.state === 'closed' ? 'accounts.open' : 'accounts.close')}
                            </Menu.Item>
                          )}
                        </Menu.Dropdown>
                      </Menu>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Fetched>
      <AccountForm
        account={form}
        onClose={() => setForm(null)}
        onLink={(made) => {
          setForm(null);
          setLink(made);
        }}
      />
      <Once
        secret={link}
        title={t('accounts.link')}
        how={t('accounts.link_how')}
        onClose={() => setLink(null)}
      />
    </Section>
  );
}

interface FormProps {
  account: Account | 'new' | null;
  onClose: () => void;
  onLink: (link: string) => void;
}

function AccountForm({ account, onClose, onLink }: FormProps) {
  const { t } = useTranslation('admin');
  const client = useQueryClient();
  const { data: offices } = useQuery(officesQuery);
  const fresh = account === 'new';
  const [name, setName] = useState('');
  const [display, setDisplay] = useState('');
  const [grants, setGrants] = useState<Grant[]>([]);
  useEffect(() => {
    if (account === null) return;
    const known = account === 'new' ? null : account;
    setName(known?.name ?? '');
    setDisplay(known?.display ?? '');
    setGrants(known?.grants ?? [{ role: 'targeting_officer', office: '*' }]);
  }, [account]);
  const keep = useMutation({
    mutationFn: async () => {
      if (account === null) return;
      if (account === 'new') {
        const made = await ask<Account & Invited>('POST', '/accounts', {
          body: { name: name.trim(), display: display.trim() || name.trim(), grants },
        });
        onLink(made.link);
      } else {
        await ask('PATCH', `/accounts/${encodeURIComponent(account.id)}`, {
          body: { display: display.trim(), grants },
        });
        onClose();
        toast.done(t('accounts.changed'));
      }
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['accounts'] }),
  });
  const set = (at: number, change: Partial<Grant>) =>
    setGrants(grants.map((grant, index) => (index === at ? { ...grant, ...change } : grant)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate();
  };
  return (
    <Modal
      opened={account !== null}
      onClose={onClose}
      title={t(fresh ? 'accounts.invite' : 'accounts.change')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('parts:close') }}
    >
      <form onSubmit={submit} className={styles.form}>
        <TextInput
          label={t('accounts.name')}
          description={t('accounts.name_why')}
          required
          disabled={!fresh}
          autoCapitalize="none"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t('accounts.display')}
          maxLength={100}
          value={display}
          onChange={(event) => setDisplay(event.currentTarget.value)}
        />
        {grants.map((grant, index) => (
          // Lines of a form have no other name than their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <div key={index} className={styles.grants}>
            <NativeSelect
              label={t('accounts.role')}
              value={grant.role}
              onChange={(event) => set(index, { role: event.currentTarget.value as Role })}
              data={ROLES.map((role) => ({ value: role, label: t(`shell:roles.${role}`) }))}
            />
            <NativeSelect
              label={t('accounts.office')}
              value={grant.office}
              onChange={(event) => set(index, { office: event.currentTarget.value })}
              data={[
                { value: '*', label: t('shell:office.all') },
                ...(offices ?? []).map(({ code }) => ({ value: code, label: code })),
              ]}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t('accounts.drop', { number: index + 1 })}
              disabled={grants.length === 1}
              onClick={() => setGrants(grants.filter((_, at) => at !== index))}
            >
              <IconTrash size={18} />
            </ActionIcon>
          </div>
        ))}
        <Group>
          <Button
            variant="subtle"
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => setGrants([...grants, { role: 'inspector', office: '*' }])}
          >
            {t('accounts.more')}
          </Button>
        </Group>
        {keep.error && <Notice tone="bad" problem={keep.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('parts:cancel')}
          </Button>
          <Button type="submit" loading={keep.isPending}>
            {t(fresh ? 'accounts.make' : 'parts:save')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
