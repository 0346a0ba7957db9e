// An estimate with its 95 % interval, always shown together: a number alone would claim to know
// more than it does.
import { useTranslation } from 'react-i18next';
import { type IntervalValue, useFormat } from '@/app/format';
import styles from './interval.module.css';

interface Props {
  value: IntervalValue | null | undefined;
  as?: 'number' | 'share' | 'count';
  /** Beneath the estimate rather than behind it, for tiles. */
  stacked?: boolean;
}

export function Interval({ value, as = 'number', stacked = false }: Props) {
  const { t } = useTranslation('parts');
  const format = useFormat();
  if (!value) {
    return (
      <span className="quiet" title={t('interval.none_why')}>
        {t('interval.none')}
      </span>
    );
  }
  const write = format[as];
  const range = `${write(value.low)}–${write(value.high)}`;
  return (
    <span className={stacked ? styles.stacked : styles.inline}>
      <span className={styles.estimate}>{write(value.estimate)}</span>{' '}
      <span className={styles.range}>
        <span className="visually-hidden">{t('interval.said')} </span>
        {range}
      </span>
    </span>
  );
}
