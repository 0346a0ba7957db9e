// How a consignment stands, as a tag: the outcome if there is one, else the decision in force, else
// whether the draw picked it. Always a word and a sign.
import {
  IconAlertOctagon,
  IconCircleCheck,
  IconClockPause,
  IconDice5,
  IconEyeCheck,
  IconFlag,
  IconMessageQuestion,
  IconMinus,
  IconPlayerSkipForward,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Act, Decision, Fate, Outcome } from '@/api/desk';
import { Tag, type Tone } from '../tag';

export interface Stands {
  outcome?: { outcome: Outcome } | null | undefined;
  decision?: Pick<Decision, 'act' | 'by'> | null | undefined;
  drawn: boolean;
  fate?: Fate;
}

type Sign = typeof IconCircleCheck;

const OUTCOMES: Record<Outcome, [Tone, Sign]> = {
  clear: ['good', IconCircleCheck],
  discrepancy: ['warn', IconFlag],
  seizure: ['bad', IconAlertOctagon],
  not_examined: ['plain', IconMinus],
};

const DECISIONS: Record<Exclude<Act, 'undo'>, [Tone, Sign]> = {
  hold: ['warn', IconClockPause],
  ask: ['note', IconMessageQuestion],
  inspect: ['note', IconEyeCheck],
  waive: ['plain', IconPlayerSkipForward],
  release: ['good', IconCircleCheck],
};

export function OutcomeTag({ outcome }: { outcome: string }) {
  const { t } = useTranslation('desk');
  const [tone, icon] = OUTCOMES[outcome as Outcome] ?? OUTCOMES.not_examined;
  return (
    <Tag tone={tone} icon={icon}>
      {t(`outcome.${outcome}`)}
    </Tag>
  );
}

export function StandingTag({ stands }: { stands: Stands }) {
  const { t } = useTranslation('desk');
  const { outcome, decision, drawn, fate } = stands;
  if (outcome) return <OutcomeTag outcome={outcome.outcome} />;
  if (decision && decision.act !== 'undo') {
    const [tone, icon] = DECISIONS[decision.act];
    return (
      <Tag tone={tone} icon={icon} title={decision.by}>
        {t(`decided.${decision.act}`)}
      </Tag>
    );
  }
  if (drawn) {
    return (
      <Tag tone="note" icon={IconDice5} title={t('standing.drawn_long')}>
        {t('standing.drawn')}
      </Tag>
    );
  }
  return (
    <span className="quiet">{t(fate === 'released' ? 'fate.released' : 'standing.left')}</span>
  );
}
