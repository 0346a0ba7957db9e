// A table that may be wider than the screen: it scrolls by itself, by keyboard too, and the page
// around it stays.
import type { ReactNode } from 'react';
import styles from './scroll.module.css';

interface Props {
  label: string;
  className?: string | undefined;
  children: ReactNode;
}

export function Scroll({ label, className = '', children }: Props) {
  return (
    // What scrolls must be reachable by keyboard (WCAG 2.1.1).
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <div className={`${styles.scroll} ${className}`} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
