// Help in place: a question mark beside what may need it, opening a few sentences right there.
import { ActionIcon, Popover } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export function Help({ about, children }: { about: string; children: ReactNode }) {
  const { t } = useTranslation('parts');
  return (
    <Popover width={320} position="bottom-start" withArrow shadow="md" trapFocus={false}>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          className="unprinted"
          aria-label={t('help', { about })}
        >
          <IconHelpCircle size={16} stroke={1.7} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown fz="sm">{children}</Popover.Dropdown>
    </Popover>
  );
}
