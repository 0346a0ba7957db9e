// The first look at a demonstration: what each screen of one's own is for and what to try there, a
// sentence or two at a time, in the order of the day. It stands above the screen and covers nothing.
import { Button } from '@mantine/core';
import { IconArrowLeft, IconArrowRight, IconX } from '@tabler/icons-react';
import { Link, useMatches } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import styles from './first-look.module.css';
import { openTo } from './screens';
import { useSession } from './session';

export default function FirstLook({ onEnd }: { onEnd: () => void }) {
  const { t } = useTranslation();
  const { actions } = useSession();
  const here = useMatches().at(-1)?.staticData.screen ?? '';
  const stops = openTo(actions);
  const at = stops.findIndex(({ name }) => name === here);
  // What opens from the queue belongs to it.
  const place = at < 0 ? stops.findIndex(({ name }) => name === 'queue') : at;
  const before = stops[place - 1];
  const after = stops[place + 1];
  const said = at >= 0 || here === 'consignment' ? here : '';
  return (
    <aside className={`${styles.look} unprinted`} aria-label={t('look.title')}>
      <p className={styles.said}>
        <strong>
          {t('look.title')}
          {at >= 0 && ` ${at + 1}/${stops.length}`}
        </strong>{' '}
        {said && t(`look.${said}`)}
      </p>
      <div className={styles.ways}>
        {before && (
          <Button
            renderRoot={(props) => <Link to={before.path} {...props} />}
            variant="default"
            leftSection={<IconArrowLeft size={16} aria-hidden />}
          >
            {t(`nav.${before.name}`)}
          </Button>
        )}
        {after && (
          <Button
            renderRoot={(props) => <Link to={after.path} {...props} />}
            rightSection={<IconArrowRight size={16} aria-hidden />}
          >
            {t(`nav.${after.name}`)}
          </Button>
        )}
        <Button variant="subtle" leftSection={<IconX size={16} aria-hidden />} onClick={onEnd}>
          {t('look.end')}
        </Button>
      </div>
    </aside>
  );
}
