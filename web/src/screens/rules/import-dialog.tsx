// A rule as a TOML file, as it was reviewed elsewhere: it is checked and becomes a draft, no more.
import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newId } from '@/api/client';
import { toast } from '@/app/toasts';
import { Notice } from '@/parts/notice';
import { useImport } from './queries';

interface Props {
  onClose: () => void;
  show: (code: string) => void;
}

export function ImportDialog({ onClose, show }: Props) {
  const { t } = useTranslation('rules');
  const send = useImport();
  const id = useRef('');
  if (!id.current) id.current = newId();
  const choose = useRef<HTMLInputElement>(null);
  const [toml, setToml] = useState('');
  const [missing, setMissing] = useState(false);
  const set = (text: string) => {
    setToml(text);
    // What is changed is another order.
    id.current = newId();
    send.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(toml.trim() === '');
    if (toml.trim() === '') return;
    send.mutate(
      { id: id.current, toml },
      {
        onSuccess: (made) => {
          toast.done(t('import.done', { code: made.code, version: made.version }));
          onClose();
          show(made.code);
        },
      },
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('import.title')}
      size="xl"
      closeButtonProps={{ 'aria-label': t('parts:close') }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Textarea
            data-autofocus
            label={t('import.text')}
            description={t('import.hint')}
            autosize
            minRows={10}
            maxRows={22}
            spellCheck={false}
            value={toml}
            classNames={{ input: 'code' }}
            onChange={(event) => set(event.currentTarget.value)}
            error={missing && toml.trim() === '' ? t('import.missing') : undefined}
          />
          <div>
            <Button
              variant="default"
              leftSection={<IconFileUpload size={18} aria-hidden />}
              onClick={() => choose.current?.click()}
            >
              {t('import.choose')}
            </Button>
            <input
              ref={choose}
              type="file"
              hidden
              accept=".toml,.txt"
              aria-label={t('import.choose')}
              onChange={(event) => {
                void event.currentTarget.files?.[0]?.text().then(set);
                event.currentTarget.value = '';
              }}
            />
          </div>
          {send.error && <Notice tone="bad" problem={send.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('parts:cancel')}
            </Button>
            <Button type="submit" loading={send.isPending}>
              {t('import.act')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
