// How a consignment ended: what was found, else its fate.
import { useTranslation } from 'react-i18next';
import { OutcomeTag } from '@/parts/decide/standing';

export function Ended({ fate, found }: { fate: string; found: string | null }) {
  const { t } = useTranslation('desk');
  return found ? (
    <OutcomeTag outcome={found} />
  ) : (
    <span className="quiet">{t(`fate.${fate}`)}</span>
  );
}
