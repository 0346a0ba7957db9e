// The head of a screen: its name, a line about it, help, and what can be done with all of it.
import type { ReactNode } from 'react';
import { Help } from './help';
import styles from './page.module.css';

interface Props {
  title: string;
  /** One line under the name. */
  about?: ReactNode;
  help?: ReactNode;
  /** Buttons at the end. */
  actions?: ReactNode;
  /** The screen fills the window and scrolls within itself. */
  fills?: boolean;
  children: ReactNode;
}

export function Page({ title, about, help, actions, fills = false, children }: Props) {
  return (
    <div className={fills ? `${styles.page} ${styles.fills}` : styles.page}>
      <div className={styles.head}>
        <div>
          <div className={styles.title}>
            <h1>{title}</h1>
            {help && <Help about={title}>{help}</Help>}
          </div>
          {about && <div className={styles.about}>{about}</div>}
        </div>
        {actions && <div className={`${styles.actions} unprinted`}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}

interface SectionProps {
  title: string;
  help?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of a screen on a sheet of its own. */
export function Section({ title, help, actions, children }: SectionProps) {
  return (
    <section className={`sheet ${styles.section}`} aria-label={title}>
      <div className={styles.head}>
        <div className={styles.title}>
          <h2>{title}</h2>
          {help && <Help about={title}>{help}</Help>}
        </div>
        {actions && <div className={`${styles.actions} unprinted`}>{actions}</div>}
      </div>
      {children}
    </section>
  );
}
