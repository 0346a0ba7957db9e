// Exports: whoever asks for one does not decide on it. The list shows what was asked and why, lets
// a second person approve or reject, and hands out the file to who asked.
import { Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { IconCheck, IconDownload, IconFilePlus, IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, newId } from '@/api/client';
import { useFormat } from '@/app/format';
import { useMay, useSession } from '@/app/session';
import { toast } from '@/app/toasts';
import { Notice } from '@/parts/notice';
import { Page } from '@/parts/page';
import { ReasonDialog } from '@/parts/reason-dialog';
import { Empty, Fetched } from '@/parts/states';
import { type Column, DataTable } from '@/parts/table/table';
import { Tag, type Tone } from '@/parts/tag';

interface Export {
  id: string;
  what: 'plan' | 'queue';
  plan: string | null;
  format: 'csv' | 'parquet';
  state: 'asked' | 'approved' | 'rejected' | 'expired';
  by: string;
  at: string;
  reason: string;
  decided_by: string | null;
  decided_at?: string | null;
  rows: number | null;
}

const TONES: Record<Export['state'], Tone> = {
  asked: 'note',
  approved: 'good',
  rejected: 'bad',
  expired: 'plain',
};

export default function Exports() {
  const { t } = useTranslation('exports');
  const format = useFormat();
  const client = useQueryClient();
  const may = useMay();
  const { account } = useSession();
  const [asking, setAsking] = useState(false);
  const [deciding, setDeciding] = useState<{ one: Export; approve: boolean } | null>(null);
  const exports = useQuery({
    queryKey: ['exports'],
    queryFn: async () =>
      (await ask<{ items: Export[] }>('GET', '/exports', { query: { limit: 500 } })).items,
    refetchInterval: 30_000,
  });
  const columns: Column<Export>[] = [
    {
      id: 'state',
      header: t('state'),
      width: 120,
      fixed: true,
      cell: (row) => <Tag tone={TONES[row.state]}>{t(`states.${row.state}`)}</Tag>,
    },
    {
      id: 'what',
      header: t('what'),
      width: 190,
      cell: (row) => `${t(`whats.${row.what}`)} ${row.plan ?? ''}`,
    },
    { id: 'format', header: t('format'), width: 90, cell: (row) => t(`formats.${row.format}`) },
    {
      id: 'rows',
      header: t('rows'),
      width: 90,
      align: 'end',
      cell: (row) => (row.rows === null ? '–' : format.count(row.rows)),
    },
    { id: 'by', header: t('by'), width: 130, cell: (row) => row.by },
    { id: 'at', header: t('at'), width: 150, cell: (row) => format.time(row.at) },
    { id: 'reason', header: t('reason'), width: '1fr', min: 200, cell: (row) => row.reason },
    { id: 'decided', header: t('decided'), width: 130, cell: (row) => row.decided_by ?? '–' },
    {
      id: 'acts',
      header: t('acts'),
      width: 200,
      fixed: true,
      cell: (row) => {
        if (row.state === 'approved') {
          return (
            <Button
              component="a"
              href={`/api/v1/exports/${encodeURIComponent(row.id)}/file`}
              download
              size="compact-sm"
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
            >
              {t('download')}
            </Button>
          );
        }
        if (row.state !== 'asked') return null;
        if (row.by === account.name) return <span className="quiet">{t('waits')}</span>;
        if (!may('approve_export')) return null;
        return (
          <Group gap={6} wrap="nowrap">
            <Button
              size="compact-sm"
              leftSection={<IconCheck size={16} aria-hidden />}
              onClick={() => setDeciding({ one: row, approve: true })}
            >
              {t('approve')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconX size={16} aria-hidden />}
              onClick={() => setDeciding({ one: row, approve: false })}
            >
              {t('reject')}
            </Button>
          </Group>
        );
      },
    },
  ];
  const decision = deciding?.approve ? 'approve' : 'reject';
  return (
    <Page
      title={t('title')}
      about={t('about')}
      help={t('help')}
      fills
      actions={
        may('ask_export') && (
          <Button
            leftSection={<IconFilePlus size={18} aria-hidden />}
            onClick={() => setAsking(true)}
          >
            {t('ask')}
          </Button>
        )
      }
    >
      <Fetched query={exports}>
        {(rows) => (
          <DataTable
            name="exports"
            label={t('title')}
            columns={columns}
            rows={rows}
            rowId={(row) => row.id}
            rowHeight={44}
            empty={<Empty title={t('empty')}>{t('empty_next')}</Empty>}
          />
        )}
      </Fetched>
      <AskExport opened={asking} onClose={() => setAsking(false)} />
      <ReasonDialog
        opened={deciding !== null}
        onClose={() => setDeciding(null)}
        title={t(`${decision}_title`)}
        act={t(decision)}
        danger={!deciding?.approve}
        onAct={async ({ id, reason }) => {
          if (!deciding) return;
          await ask('POST', `/exports/${encodeURIComponent(deciding.one.id)}/${decision}`, {
            body: { reason },
            headers: { 'Idempotency-Key': id },
          });
          await client.invalidateQueries({ queryKey: ['exports'] });
          toast.done(t(`${decision}_done`));
        }}
      >
        {deciding && (
          <p>
            {t('deciding', {
              by: deciding.one.by,
              what: `${t(`whats.${deciding.one.what}`)} ${deciding.one.plan ?? ''}`,
              reason: deciding.one.reason,
            })}
          </p>
        )}
      </ReasonDialog>
    </Page>
  );
}

function AskExport({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('exports');
  const client = useQueryClient();
  const [what, setWhat] = useState('plan');
  const [plan, setPlan] = useState('');
  const [form, setForm] = useState('csv');
  const [reason, setReason] = useState('');
  const [id, setId] = useState(newId);
  const request = useMutation({
    mutationFn: () =>
      ask('POST', '/exports', { body: { id, what, plan: plan.trim(), format: form, reason } }),
    onSuccess: async () => {
      setId(newId());
      setReason('');
      onClose();
      await client.invalidateQueries({ queryKey: ['exports'] });
      toast.done(t('asked'));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    request.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('ask')}
      closeButtonProps={{ 'aria-label': t('parts:close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <NativeSelect
            label={t('what')}
            value={what}
            onChange={(event) => setWhat(event.currentTarget.value)}
            data={[
              { value: 'plan', label: t('whats.plan') },
              { value: 'queue', label: t('whats.queue') },
            ]}
          />
          <TextInput
            label={t('plan')}
            description={t('plan_how')}
            placeholder="P-7"
            required
            value={plan}
            onChange={(event) => setPlan(event.currentTarget.value)}
          />
          <NativeSelect
            label={t('format')}
            value={form}
            onChange={(event) => setForm(event.currentTarget.value)}
            data={[
              { value: 'csv', label: t('formats.csv') },
              { value: 'parquet', label: t('formats.parquet') },
            ]}
          />
          <Textarea
            label={t('reason')}
            description={t('reason_why')}
            required
            minLength={5}
            maxLength={1000}
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {request.error && <Notice tone="bad" problem={request.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('parts:cancel')}
            </Button>
            <Button type="submit" loading={request.isPending}>
              {t('ask')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
