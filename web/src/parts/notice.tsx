// A notice within a page or form: what went wrong with the next step, or something to know.
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Problem } from '@/api/problem';
import styles from './notice.module.css';
import { problemWords } from './problems';

interface Props {
  tone: 'bad' | 'warn' | 'good' | 'note';
  problem?: unknown;
  children?: ReactNode;
}

const ICONS = {
  bad: IconAlertTriangle,
  warn: IconAlertTriangle,
  good: IconCircleCheck,
  note: IconInfoCircle,
};

export function Notice({ tone, problem, children }: Props) {
  const Icon = ICONS[tone];
  const words = problem === undefined ? undefined : problemWords(Problem.of(problem));
  return (
    <div
      className={`${styles.notice} ${styles[tone]}`}
      {...(tone === 'bad' ? { role: 'alert' } : {})}
    >
      <Icon size={18} stroke={1.8} aria-hidden />
      <div>
        {words && (
          <>
            <strong>{words.said}</strong> {words.next}
          </>
        )}
        {children}
      </div>
    </div>
  );
}
