// What a rule earns: how often it fired, how much of that was looked at, and how much better than
// chance it is, with intervals.
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Interval } from '@/parts/interval';
import { Section } from '@/parts/page';
import { range } from '@/parts/say';
import type { Scorecard } from './queries';
import styles from './rules.module.css';
import { VerdictTag } from './state-tag';

export function Score({ scorecard }: { scorecard: Scorecard }) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  const { precision, random, lift, minutes_per_find: minutes } = scorecard;
  const day = (value: string | null | undefined) => (value ? format.day(value) : '–');
  return (
    <Section
      title={t('score.title')}
      help={t('score.help')}
      actions={<VerdictTag verdict={scorecard.verdict} />}
    >
      <p className={styles.plain}>{t(`verdict.${scorecard.verdict}_why`)}</p>
      <dl className={styles.tiles}>
        <div>
          <dt>{t('score.fired')}</dt>
          <dd className={styles.big}>{format.count(scorecard.fired)}</dd>
          <dd className="quiet">
            {t('score.waiting', { count: scorecard.waiting })} ·{' '}
            {t('score.in_shadow', { count: scorecard.fired_shadow })}
          </dd>
        </div>
        <div>
          <dt>{t('score.examined')}</dt>
          <dd className={styles.big}>{format.count(scorecard.examined)}</dd>
          <dd className="quiet">{t('score.drawn', { count: scorecard.examined_drawn })}</dd>
        </div>
        <div>
          <dt>{t('score.finds')}</dt>
          <dd className={styles.big}>{format.count(scorecard.finds)}</dd>
          <dd className="quiet">
            {t('score.last_find')}: {day(scorecard.last_find)}
          </dd>
        </div>
        <div>
          <dt>{t('score.precision')}</dt>
          <dd>
            <Interval value={precision} as="share" stacked />
          </dd>
          {random && (
            <dd className="quiet">
              {t('score.random_is', { share: range(format, random, 'share') })}
            </dd>
          )}
        </div>
        <div>
          <dt>{t('score.lift')}</dt>
          <dd>
            <Interval value={lift} stacked />
          </dd>
          <dd className="quiet">{t('score.lift_help')}</dd>
        </div>
        <div>
          <dt>{t('score.minutes_per_find')}</dt>
          <dd className={styles.big}>{minutes == null ? '–' : format.minutes(minutes)}</dd>
          <dd className="quiet">
            {t('score.minutes_all', { minutes: format.minutes(scorecard.minutes) })}
          </dd>
        </div>
      </dl>
      {scorecard.first_fired && (
        <p className={`${styles.plain} quiet`}>
          {t('score.span', { first: day(scorecard.first_fired), last: day(scorecard.last_fired) })}
        </p>
      )}
    </Section>
  );
}
