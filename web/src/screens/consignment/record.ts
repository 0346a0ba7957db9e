// A party's record in words: how often it was seen, inspected and found irregular, and since when.
// Facts only; nobody is called a suspect by it.
import type { TFunction } from 'i18next';
import type { Record } from '@/api/desk';
import type { Format } from '@/app/format';

export function recordWords(record: Record, t: TFunction, format: Format): string {
  if (record.seen === 0) return t('consignment:record.first');
  const said = t('consignment:record.seen', {
    seen: format.count(record.seen),
    inspected: format.count(record.inspected),
    irregular: format.count(record.irregular),
  });
  const critical =
    record.critical > 0
      ? ` ${t('consignment:record.critical', { critical: format.count(record.critical) })}`
      : '';
  return said + critical;
}

export function recordDays(record: Record, t: TFunction, format: Format): string | null {
  if (!record.first_day || !record.last_day) return null;
  return t('consignment:record.days', {
    first: format.day(record.first_day),
    last: format.day(record.last_day),
  });
}
