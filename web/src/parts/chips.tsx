// Filters as chips: what narrows a list stands above it in words, and each goes with one press.
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './chips.module.css';

export interface Filter {
  id: string;
  /** "Lane: red" */
  said: string;
  remove: () => void;
}

export function FilterChips({ filters, clear }: { filters: Filter[]; clear?: () => void }) {
  const { t } = useTranslation('parts');
  if (filters.length === 0) return null;
  return (
    <ul className={styles.row} aria-label={t('filters.label')}>
      {filters.map(({ id, said, remove }) => (
        <li key={id}>
          <button type="button" className={styles.chip} onClick={remove}>
            {said}
            <IconX size={14} aria-hidden />
            <span className="visually-hidden">{t('filters.remove')}</span>
          </button>
        </li>
      ))}
      {clear && filters.length > 1 && (
        <li>
          <button type="button" className={styles.clear} onClick={clear}>
            {t('filters.clear')}
          </button>
        </li>
      )}
    </ul>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  options: { value: T; said: string; count?: number }[];
  value: T | null;
  onChange: (value: T | null) => void;
}

/** One of a few, or none of them: pressing the chosen one again lets it go. */
export function ChipChoice<T extends string>({ label, options, value, onChange }: ChoiceProps<T>) {
  return (
    <div className={styles.row} role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          className={styles.choice}
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value === value ? null : option.value)}
        >
          {option.said}
          {option.count !== undefined && <span className={styles.count}>{option.count}</span>}
        </button>
      ))}
    </div>
  );
}
