// A reason of an assessment as a sentence, with which way it pushed. The sentence is the server's,
// in both languages; the sign and the word say the direction, not the colour alone.
import { IconArrowDownRight, IconArrowUpRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import styles from './reason.module.css';

export interface ReasonValue {
  ko: string;
  en: string;
  /** How far it moved the log-odds; above 0 towards inspection. */
  push: number;
}

export function ReasonSentence({ reason, one = false }: { reason: ReasonValue; one?: boolean }) {
  const { t } = useTranslation('parts');
  const format = useFormat();
  const up = reason.push > 0;
  const Icon = up ? IconArrowUpRight : IconArrowDownRight;
  const said = format.said(reason);
  return (
    <span className={`${styles.reason} ${one ? styles.one : ''}`} title={one ? said : undefined}>
      <Icon size={14} stroke={2} className={up ? styles.up : styles.down} aria-hidden />
      <span className="visually-hidden">{t(up ? 'reason.up' : 'reason.down')}: </span>
      <span className={styles.words}>{said}</span>
    </span>
  );
}
