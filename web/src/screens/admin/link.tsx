// A secret that is shown once: an invitation's link or a token. It can be copied; it cannot be read
// again once the dialog is closed.
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Notice } from '@/parts/notice';
import styles from './admin.module.css';

interface Props {
  secret: string | null;
  title: string;
  how: string;
  onClose: () => void;
}

export function Once({ secret, title, how, onClose }: Props) {
  const { t } = useTranslation('admin');
  const clipboard = useClipboard();
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={title}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('parts:close') }}
    >
      <Stack gap="sm">
        <Notice tone="note">{how}</Notice>
        <output className={`${styles.link} code`}>{secret}</output>
        <Group justify="flex-end">
          <Button
            variant="default"
            leftSection={
              clipboard.copied ? (
                <IconCheck size={18} aria-hidden />
              ) : (
                <IconCopy size={18} aria-hidden />
              )
            }
            onClick={() => clipboard.copy(secret)}
          >
            {t(clipboard.copied ? 'copied' : 'copy')}
          </Button>
          <Button onClick={onClose}>{t('parts:close')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
