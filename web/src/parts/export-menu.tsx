// One button for every way out of a list: what is on screen as CSV, and what the server makes.
import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

export interface Export {
  id: string;
  said: string;
  /** A second line: who has to agree, how many rows. */
  note?: string;
  act: () => void;
}

export function ExportMenu({ exports }: { exports: Export[] }) {
  const { t } = useTranslation('parts');
  if (exports.length === 0) return null;
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={18} aria-hidden />}>
          {t('export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {exports.map(({ id, said, note, act }) => (
          <Menu.Item key={id} onClick={act}>
            <div>{said}</div>
            {note && <div className="quiet">{note}</div>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
