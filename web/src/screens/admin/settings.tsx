// Settings that officers own: when learning is due, who may approve models, when the alarm over
// exploration rings. Each change has its reason and stays in the history.
import { Button, Group, NumberInput, Switch, Table, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { useFormat } from '@/app/format';
import { toast } from '@/app/toasts';
import { Notice } from '@/parts/notice';
import { Section } from '@/parts/page';
import { Empty, Fetched } from '@/parts/states';
import styles from './admin.module.css';
import { type SettingsRead, type SettingsValue, settingsQuery } from './queries';

export function Settings() {
  const settings = useQuery(settingsQuery);
  return (
    <Fetched query={settings}>
      {(data) => (
        <div className={styles.stack}>
          <Form key={data.history[0]?.at ?? ''} settings={data} />
          <History settings={data} />
        </div>
      )}
    </Fetched>
  );
}

function Form({ settings }: { settings: SettingsRead }) {
  const { t } = useTranslation('admin');
  const client = useQueryClient();
  const { history: _, ...before } = settings;
  const [value, setValue] = useState<SettingsValue>(before);
  const [reason, setReason] = useState('');
  const keep = useMutation({
    mutationFn: () => ask('PUT', '/settings', { body: { ...value, reason } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['settings'] });
      toast.done(t('saved'));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate();
  };
  return (
    <Section title={t('settings.title')}>
      <form onSubmit={submit} className={styles.form}>
        <Group grow align="flex-end">
          <NumberInput
            label={t('settings.outcomes_min')}
            description={t('settings.outcomes_min_why')}
            min={0}
            required
            hideControls
            value={value.outcomes_min}
            onChange={(number) => setValue({ ...value, outcomes_min: Number(number) })}
          />
          <NumberInput
            label={t('settings.finds_min')}
            description={t('settings.finds_min_why')}
            min={0}
            required
            hideControls
            value={value.finds_min}
            onChange={(number) => setValue({ ...value, finds_min: Number(number) })}
          />
          <NumberInput
            label={t('settings.explore_alarm')}
            description={t('settings.explore_alarm_why')}
            min={0}
            max={100}
            suffix=" %"
            required
            hideControls
            value={value.explore_alarm * 100}
            onChange={(number) => setValue({ ...value, explore_alarm: Number(number) / 100 })}
          />
        </Group>
        <Switch
          label={t('settings.approvers')}
          description={t('settings.approvers_why')}
          checked={value.approvers === 2}
          onChange={(event) =>
            setValue({ ...value, approvers: event.currentTarget.checked ? 2 : 1 })
          }
        />
        <Textarea
          label={t('parts:dialog.words')}
          description={t('parts:dialog.words_why')}
          required
          minLength={5}
          maxLength={1000}
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {keep.error && <Notice tone="bad" problem={keep.error} />}
        <Group>
          <Button type="submit" loading={keep.isPending}>
            {t('parts:save')}
          </Button>
        </Group>
      </form>
    </Section>
  );
}

function History({ settings }: { settings: SettingsRead }) {
  const { t } = useTranslation('admin');
  const format = useFormat();
  return (
    <Section title={t('settings.history')}>
      {settings.history.length === 0 ? (
        <Empty title={t('settings.no_history')} />
      ) : (
        <Table.ScrollContainer minWidth={640}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('when')}</Table.Th>
                <Table.Th scope="col">{t('who')}</Table.Th>
                <Table.Th scope="col">{t('settings.values')}</Table.Th>
                <Table.Th scope="col">{t('reason')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {settings.history.map((one) => (
                <Table.Tr key={one.at}>
                  <Table.Td className="nowrap">{format.time(one.at)}</Table.Td>
                  <Table.Td>{one.by}</Table.Td>
                  <Table.Td>
                    {t('settings.value', {
                      outcomes: format.count(one.outcomes_min),
                      finds: format.count(one.finds_min),
                      alarm: format.share(one.explore_alarm),
                    })}
                    {one.approvers === 2 && ` · ${t('settings.two_persons')}`}
                  </Table.Td>
                  <Table.Td>{one.reason}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Section>
  );
}
