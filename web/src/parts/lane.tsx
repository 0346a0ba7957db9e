// A lane, by colour, sign and word: colour is never the only sign.
import { IconCircleCheck, IconFileText, IconHandStop, IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './lane.module.css';

export type LaneName = 'red' | 'yellow' | 'blue' | 'green';

const ICONS = {
  red: IconHandStop,
  yellow: IconFileText,
  blue: IconHistory,
  green: IconCircleCheck,
} as const;

export function Lane({ lane, short = false }: { lane: LaneName; short?: boolean }) {
  const { t } = useTranslation('parts');
  const Icon = ICONS[lane];
  return (
    <span className={`${styles.badge} ${styles[lane]}`} title={t(`lane.${lane}_long`)}>
      <Icon size={14} stroke={2} aria-hidden />
      {short ? <span className="visually-hidden">{t(`lane.${lane}`)}</span> : t(`lane.${lane}`)}
    </span>
  );
}
