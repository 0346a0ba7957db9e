// What a sender declared of a consignment since it was drawn, held or asked about. It stays on the
// work all the same, and whoever opens it knows what to compare.
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Amended } from '@/api/desk';
import { useFormat } from '@/app/format';
import { Tag } from '../tag';

export function SinceTag({ amended }: { amended: Amended | null | undefined }) {
  const { t } = useTranslation('desk');
  const format = useFormat();
  if (!amended) return null;
  const { consignment, version, withdrawn, received_at } = amended;
  const time = format.time(received_at);
  return (
    <Tag tone={withdrawn ? 'bad' : 'warn'} icon={IconAlertTriangle} title={consignment}>
      {t(withdrawn ? 'since.withdrawn' : 'since.amended', { time, version })}
    </Tag>
  );
}
