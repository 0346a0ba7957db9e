// Tokens for machines: what one may do, where, and until when. A token is shown once.
import {
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  Table,
  TextInput,
} from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { useFormat } from '@/app/format';
import { officesQuery } from '@/app/office';
import { toast } from '@/app/toasts';
import { Notice } from '@/parts/notice';
import { Section } from '@/parts/page';
import { Empty, Fetched } from '@/parts/states';
import { Tag } from '@/parts/tag';
import styles from './admin.module.css';
import { Once } from './link';
import { type Token, tokensQuery } from './queries';

/** What machines are for; everything else is for people. */
const FOR_MACHINES = [
  'send_consignments',
  'read_consignment',
  'read_plan',
  'draw_plan',
  'record_outcome',
  'read_measures',
  'read_data',
  'read_journal',
];

export function Tokens() {
  const { t } = useTranslation('admin');
  const format = useFormat();
  const client = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [leaving, setLeaving] = useState<Token | null>(null);
  const revoke = useMutation({
    mutationFn: (id: string) => ask('DELETE', `/tokens/${encodeURIComponent(id)}`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['tokens'] });
      toast.done(t('tokens.revoked'));
    },
    onError: toast.failed,
    onSettled: () => setLeaving(null),
  });
  return (
    <Section
      title={t('tokens.title')}
      help={t('tokens.help')}
      actions={
        <Button leftSection={<IconKey size={18} aria-hidden />} onClick={() => setMaking(true)}>
          {t('tokens.make')}
        </Button>
      }
    >
      <Fetched query={tokens}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('tokens.empty')}>{t('tokens.empty_next')}</Empty>
          ) : (
            <Table.ScrollContainer minWidth={720}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th scope="col">{t('tokens.name')}</Table.Th>
                    <Table.Th scope="col">{t('tokens.actions')}</Table.Th>
                    <Table.Th scope="col">{t('accounts.office')}</Table.Th>
                    <Table.Th scope="col">{t('tokens.used')}</Table.Th>
                    <Table.Th scope="col">{t('tokens.until')}</Table.Th>
                    <Table.Th scope="col">
                      <span className="visually-hidden">{t('acts')}</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((one) => (
                    <Table.Tr key={one.id}>
                      <Table.Td>
                        <div>{one.name}</div>
                        <Tag tone={one.state === 'active' ? 'good' : 'plain'}>
                          {t(`tokens.states.${one.state}`)}
                        </Tag>
                      </Table.Td>
                      <Table.Td>
                        <div className={styles.tags}>
                          {one.actions.map((action) => (
                            <Tag key={action}>{t(`actions.${action}`)}</Tag>
                          ))}
                        </div>
                      </Table.Td>
                      <Table.Td>{one.office === '*' ? t('shell:office.all') : one.office}</Table.Td>
                      <Table.Td>{one.used_at ? format.ago(one.used_at) : '–'}</Table.Td>
                      <Table.Td>{format.time(one.expires_at)}</Table.Td>
                      <Table.Td className="end">
                        {one.state === 'active' && (
                          <Button
                            size="compact-sm"
                            variant="default"
                            aria-label={t('tokens.revoke_named', { name: one.name })}
                            onClick={() => setLeaving(one)}
                          >
                            {t('tokens.revoke')}
                          </Button>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Fetched>
      <TokenForm
        opened={making}
        onClose={() => setMaking(false)}
        onMade={(made) => {
          setMaking(false);
          setSecret(made);
        }}
      />
      <Modal
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title={t('tokens.revoke_named', { name: leaving?.name })}
      >
        <p>{t('tokens.revoke_why')}</p>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setLeaving(null)}>
            {t('tokens.keep')}
          </Button>
          <Button
            loading={revoke.isPending}
            onClick={() => leaving && revoke.mutate(leaving.id)}
            data-autofocus
          >
            {t('tokens.revoke')}
          </Button>
        </Group>
      </Modal>
      <Once
        secret={secret}
        title={t('tokens.once')}
        how={t('tokens.once_how')}
        onClose={() => setSecret(null)}
      />
    </Section>
  );
}

interface FormProps {
  opened: boolean;
  onClose: () => void;
  onMade: (secret: string) => void;
}

function TokenForm({ opened, onClose, onMade }: FormProps) {
  const { t } = useTranslation('admin');
  const client = useQueryClient();
  const { data: offices } = useQuery(officesQuery);
  const [name, setName] = useState('');
  const [actions, setActions] = useState<string[]>(['send_consignments']);
  const [office, setOffice] = useState('*');
  const [days, setDays] = useState<number | string>(90);
  const make = useMutation({
    mutationFn: () =>
      ask<Token & { token: string }>('POST', '/tokens', {
        body: { name: name.trim(), actions, office, days: Number(days) },
      }),
    onSuccess: async (made) => {
      setName('');
      onMade(made.token);
      await client.invalidateQueries({ queryKey: ['tokens'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('tokens.make')}
      closeButtonProps={{ 'aria-label': t('parts:close') }}
    >
      <form onSubmit={submit} className={styles.form}>
        <TextInput
          label={t('tokens.name')}
          description={t('tokens.name_why')}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox.Group label={t('tokens.actions')} value={actions} onChange={setActions}>
          <div className={styles.form}>
            {FOR_MACHINES.map((action) => (
              <Checkbox key={action} value={action} label={t(`actions.${action}`)} />
            ))}
          </div>
        </Checkbox.Group>
        <NativeSelect
          label={t('accounts.office')}
          value={office}
          onChange={(event) => setOffice(event.currentTarget.value)}
          data={[
            { value: '*', label: t('shell:office.all') },
            ...(offices ?? []).map(({ code }) => ({ value: code, label: code })),
          ]}
        />
        <NumberInput
          label={t('tokens.days')}
          min={1}
          max={366}
          required
          value={days}
          onChange={setDays}
          hideControls
        />
        {make.error && <Notice tone="bad" problem={make.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('parts:cancel')}
          </Button>
          <Button type="submit" loading={make.isPending} disabled={actions.length === 0}>
            {t('tokens.make')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
