// A challenger beside the model in force, on the same traffic: both scored it, one selected, and
// the recorded chances say what each list would have found.
import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Interval } from '@/parts/interval';
import { Section } from '@/parts/page';
import { whole } from '@/parts/say';
import { Scroll } from '@/parts/scroll';
import { Fetched } from '@/parts/states';
import styles from './models.module.css';
import { type Comparison, comparisonQuery, type Target } from './queries';

export function ComparisonFigure({ id }: { id: string }) {
  const { t } = useTranslation('models');
  const [target, setTarget] = useState<Target>('irregular');
  const query = useQuery(comparisonQuery(id, target));
  return (
    <Section
      title={t('comparison.title')}
      help={t('comparison.help')}
      actions={
        <SegmentedControl
          aria-label={t('target.label')}
          value={target}
          onChange={(value) => setTarget(value as Target)}
          data={(['irregular', 'critical'] as const).map((value) => ({
            value,
            label: t(`target.${value}`),
          }))}
        />
      }
    >
      <Fetched query={query}>{(data) => <Sides data={data} />}</Fetched>
    </Section>
  );
}

function Sides({ data }: { data: Comparison }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const { champion, challenger, difference } = data;
  return (
    <>
      <p className={styles.say}>
        {t(`comparison.verdict.${data.verdict}`, {
          challenger: challenger.model,
          champion: champion.model,
          difference: whole(format, difference, 'count'),
          plans: format.count(data.plans),
          consignments: format.count(data.consignments),
          slots: format.count(data.slots),
        })}{' '}
        {data.agreement &&
          t('comparison.agreement', { share: whole(format, data.agreement, 'share') })}
      </p>
      <Scroll label={t('comparison.title')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('backtest.figure')}</th>
              <th scope="col">{t('comparison.challenger', { id: challenger.model })}</th>
              <th scope="col">{t('comparison.champion', { id: champion.model })}</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{t('comparison.finds')}</th>
              <td>
                <Interval value={challenger.finds} />
              </td>
              <td>
                <Interval value={champion.finds} />
              </td>
            </tr>
            <tr>
              <th scope="row">{t('comparison.inspected')}</th>
              <td>{format.count(challenger.inspected)}</td>
              <td>{format.count(champion.inspected)}</td>
            </tr>
            <tr>
              <th scope="row">{t('comparison.found')}</th>
              <td>{format.count(challenger.found)}</td>
              <td>{format.count(champion.found)}</td>
            </tr>
            <tr>
              <th scope="row">{t('comparison.precision')}</th>
              <td>
                <Interval value={challenger.precision} as="share" />
              </td>
              <td>
                <Interval value={champion.precision} as="share" />
              </td>
            </tr>
            <tr>
              <th scope="row">{t('comparison.expected')}</th>
              <td>{format.number(challenger.expected)}</td>
              <td>{format.number(champion.expected)}</td>
            </tr>
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
