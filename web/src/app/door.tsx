// The sheet on which one signs in or begins: outside the guard, so with the mark, language and
// theme of its own.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './door.module.css';
import { Logo } from './logo';
import { LanguageToggle, ThemeToggle } from './toggles';

export function Door({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <main className={styles.door}>
      <div className={styles.tools}>
        <ThemeToggle />
        <LanguageToggle />
      </div>
      <div className={`sheet ${styles.sheet}`}>
        <div className={styles.mark}>
          <Logo size={40} />
          <div>
            <div className={styles.name} lang="ko">
              수문 <span lang="en">Sumun</span>
            </div>
            <div className="quiet">{t('about')}</div>
          </div>
        </div>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
