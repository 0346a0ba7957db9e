// One model: what it learned from, how its like did on days later than those, beside the one in
// force, and what may be done with it.
import { Anchor, Button } from '@mantine/core';
import {
  IconArrowBackUp,
  IconEye,
  IconEyeOff,
  IconFileCertificate,
  IconPlayerStop,
  IconRosetteDiscountCheck,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useMay, useSession } from '@/app/session';
import { toast } from '@/app/toasts';
import { Section } from '@/parts/page';
import { ReasonDialog } from '@/parts/reason-dialog';
import { Fetched } from '@/parts/states';
import { Backtests } from './backtests';
import { ComparisonFigure } from './comparison';
import { Features } from './features';
import styles from './models.module.css';
import { type Act, type Model, type ModelDetail, modelQuery, useSteer } from './queries';
import { StateTag } from './state-tag';

interface Props {
  id: string;
  inForce: Model | null;
  all: Model[];
}

export function Detail({ id, inForce, all }: Props) {
  const query = useQuery(modelQuery(id));
  return (
    <div className={styles.detail}>
      <Fetched query={query}>
        {(model) => <Whole model={model} inForce={inForce} all={all} />}
      </Fetched>
    </div>
  );
}

function Whole({
  model,
  inForce,
  all,
}: {
  model: ModelDetail;
  inForce: Model | null;
  all: Model[];
}) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const other = inForce && inForce.id !== model.id ? inForce : null;
  const beside = useQuery({ ...modelQuery(other?.id ?? ''), enabled: other !== null });
  const facts: [string, string][] = [
    [
      t('facts.window'),
      `${format.day(model.learned_from.first)} – ${format.day(model.learned_from.last)}`,
    ],
    [
      t('facts.learned'),
      [format.time(model.learned_at), model.learned_by].filter(Boolean).join(' · '),
    ],
    ...(model.approved_by ? [[t('facts.approved'), model.approved_by] as [string, string]] : []),
    ...(model.reason ? [[t('facts.reason'), model.reason] as [string, string]] : []),
  ];
  const made: [string, string][] = [
    [t('facts.weighting'), model.weighting],
    [t('facts.library'), model.library],
    [t('facts.hash'), model.hash],
  ];
  return (
    <>
      <section className={`sheet ${styles.head}`} aria-label={model.id}>
        <div className={styles.title}>
          <h2>{model.id}</h2>
          <StateTag state={model.state} />
          <Anchor
            href={`/api/v1/models/${model.id}/card`}
            target="_blank"
            rel="noopener"
            className={styles.card ?? ''}
          >
            <IconFileCertificate size={18} aria-hidden /> {t('card')}
          </Anchor>
        </div>
        <dl className={styles.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <details className={styles.details}>
          <summary>{t('facts.made')}</summary>
          <dl className={styles.made}>
            {made.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="code">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
        <Steering model={model} inForce={inForce} all={all} />
      </section>
      {model.state === 'challenger' && <ComparisonFigure id={model.id} />}
      <Section title={t('backtest.title')} help={t('backtest.help')}>
        <Backtests model={model} beside={beside.data ?? null} />
      </Section>
      <Section title={t('features.title')} help={t('features.help')}>
        <Features features={model.features} />
      </Section>
    </>
  );
}

const ICONS: Record<Act, typeof IconRosetteDiscountCheck> = {
  approve: IconRosetteDiscountCheck,
  shadow: IconEye,
  end_shadow: IconEyeOff,
  roll_back: IconArrowBackUp,
  stop: IconPlayerStop,
};

/** What may be asked of a model as it stands; the server has the last word. */
export function actsOf(model: Pick<Model, 'state'>, all: Pick<Model, 'state'>[]): Act[] {
  switch (model.state) {
    case 'candidate':
      return ['approve', 'shadow'];
    case 'challenger':
      return ['approve', 'end_shadow'];
    case 'in_force':
      return all.some(({ state }) => state === 'retired') ? ['roll_back', 'stop'] : ['stop'];
    case 'retired':
    case 'rolled_back':
      return ['approve'];
    default:
      return [];
  }
}

function Steering({
  model,
  inForce,
  all,
}: {
  model: ModelDetail;
  inForce: Model | null;
  all: Model[];
}) {
  const { t } = useTranslation('models');
  const may = useMay();
  const { account } = useSession();
  const steer = useSteer();
  const [act, setAct] = useState<Act | null>(null);
  if (!may('approve_model')) return null;
  const own = model.learned_by === account.name;
  const danger = act === 'roll_back' || act === 'stop';
  return (
    <div className="unprinted">
      <div className={styles.acts}>
        {actsOf(model, all).map((one, at) => {
          const Icon = ICONS[one];
          return (
            <Button
              key={one}
              variant={at === 0 && one === 'approve' ? 'filled' : 'default'}
              leftSection={<Icon size={18} aria-hidden />}
              onClick={() => setAct(one)}
            >
              {t(`act.${one}`)}
            </Button>
          );
        })}
      </div>
      {own && actsOf(model, all).includes('approve') && (
        <p className="quiet">{t('second_person')}</p>
      )}
      <ReasonDialog
        opened={act !== null}
        onClose={() => setAct(null)}
        title={act ? t(`act.${act}_title`, { id: model.id }) : ''}
        act={act ? t(`act.${act}`) : ''}
        danger={danger}
        onAct={async (reasoned) => {
          if (!act) return;
          const done = await steer.mutateAsync({ act, id: model.id, reasoned });
          toast.done(t(`act.${act}_done`, { id: done.id }));
        }}
      >
        {act && (
          <p>{t(`act.${act}_said`, { id: model.id, now: inForce?.id ?? t('nothing_in_force') })}</p>
        )}
      </ReasonDialog>
    </div>
  );
}
