// Asking for a plan or the queue as a file. The list of a shift is secret, so a second person
// approves each; the file then lies on the screen of exports for whoever asked.
import { Button, Group, Modal, SegmentedControl, Stack, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, newId } from '@/api/client';
import { toast } from '@/app/toasts';
import { Notice } from '@/parts/notice';

interface Props {
  plan: string;
  onClose: () => void;
}

const LEAST = 5;

export function ExportDialog({ plan, onClose }: Props) {
  const { t } = useTranslation('queue');
  const navigate = useNavigate();
  const id = useRef('');
  if (!id.current) id.current = newId();
  const [what, setWhat] = useState('plan');
  const [format, setFormat] = useState('csv');
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim().length < LEAST) return setFault(t('export.reason_missing'));
    setBusy(true);
    try {
      const body = { id: id.current, what, plan, format, reason: reason.trim() };
      await ask('POST', '/exports', { body, headers: { 'Idempotency-Key': id.current } });
      toast.done(t('export.asked'));
      onClose();
      await navigate({ href: '/exports' });
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('export.title', { plan })}
      closeButtonProps={{ 'aria-label': t('parts:close') }}
    >
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="sm">
          <p className="quiet">{t('export.secret')}</p>
          <SegmentedControl
            aria-label={t('export.what')}
            value={what}
            onChange={setWhat}
            data={[
              { value: 'plan', label: t('export.what_plan') },
              { value: 'queue', label: t('export.what_queue') },
            ]}
          />
          <SegmentedControl
            aria-label={t('export.format')}
            value={format}
            onChange={setFormat}
            data={[
              { value: 'csv', label: 'CSV' },
              { value: 'parquet', label: 'Parquet' },
            ]}
          />
          <Textarea
            data-autofocus
            required
            autosize
            minRows={2}
            maxLength={1000}
            label={t('export.reason')}
            description={t('export.reason_why')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={fault}
          />
          {problem !== null && <Notice tone="bad" problem={problem} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('parts:cancel')}
            </Button>
            <Button type="submit" loading={busy}>
              {t('export.ask')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
