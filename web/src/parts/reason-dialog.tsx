// The dialog of every act that needs a reason: what will be done to how many, a code from the list
// and words of one's own. It names what cannot be undone, and the act's id is made when it opens,
// so that pressing twice does it once.
import { Button, Group, Modal, NativeSelect, Stack, Textarea } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newId } from '@/api/client';
import { Problem } from '@/api/problem';
import { useFormat } from '@/app/format';
import type { Said } from '@/app/words';
import { Notice } from './notice';

export interface Reasoned {
  /** Made when the dialog opened. */
  id: string;
  reason_code: string;
  reason: string;
}

interface Props {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, to what. */
  children?: ReactNode;
  /** The codes to choose from; without any, only words are asked for. */
  codes?: { code: string; said: Said }[];
  /** Fewest characters of the reason in words; 0 lets it be empty when a code is chosen. */
  words_min?: number;
  act: string;
  danger?: boolean;
  /** Wider, for one that shows much. */
  size?: 'lg' | 'xl';
  onAct: (reasoned: Reasoned) => Promise<unknown>;
}

export function ReasonDialog(props: Props) {
  const { t } = useTranslation('parts');
  const format = useFormat();
  const { opened, onClose, codes = [], words_min = codes.length > 0 ? 0 : 5 } = props;
  const id = useRef('');
  const [code, setCode] = useState('');
  const [reason, setReason] = useState('');
  const [faults, setFaults] = useState<{ code?: string; reason?: string }>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (!opened) return;
    id.current = newId();
    setCode('');
    setReason('');
    setFaults({});
    setProblem(null);
  }, [opened]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wrong: { code?: string; reason?: string } = {};
    if (codes.length > 0 && !code) wrong.code = t('dialog.code_missing');
    if (reason.trim().length < words_min) {
      wrong.reason = t('dialog.words_missing', { count: words_min });
    }
    setFaults(wrong);
    if (wrong.code || wrong.reason) return;
    setBusy(true);
    try {
      await props.onAct({ id: id.current, reason_code: code, reason: reason.trim() });
      onClose();
    } catch (error) {
      setProblem(Problem.of(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={props.title}
      {...(props.size ? { size: props.size } : {})}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="sm">
          {props.children}
          {codes.length > 0 && (
            <NativeSelect
              data-autofocus
              required
              label={t('dialog.code')}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              error={faults.code}
              data={[
                { value: '', label: t('dialog.choose') },
                ...codes.map((one) => ({ value: one.code, label: format.said(one.said) })),
              ]}
            />
          )}
          <Textarea
            label={t('dialog.words')}
            description={t('dialog.words_why')}
            required={words_min > 0}
            autosize
            minRows={2}
            maxLength={1000}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={faults.reason}
            {...(codes.length === 0 ? { 'data-autofocus': true } : {})}
          />
          {problem && <Notice tone="bad" problem={problem} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={busy} color={props.danger ? 'red' : 'sluice'}>
              {props.act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
