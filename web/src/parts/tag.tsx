// A state in a word with a sign: held, proposed, overdue. Five tones; the word carries the meaning.
import type { IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './tag.module.css';

export type Tone = 'bad' | 'warn' | 'good' | 'note' | 'plain';

interface Props {
  tone?: Tone;
  icon?: typeof IconCircleCheck;
  title?: string;
  children: ReactNode;
}

export function Tag({ tone = 'plain', icon: Icon, title, children }: Props) {
  return (
    <span className={`${styles.tag} ${styles[tone]}`} title={title}>
      {Icon && <Icon size={14} stroke={2} aria-hidden />}
      {children}
    </span>
  );
}
