// Where a rule's version is in its life, and what its scorecard says of it.
import {
  IconArchive,
  IconBolt,
  IconEyeCheck,
  IconHourglass,
  IconPencil,
  IconPlant2,
  IconQuestionMark,
  IconReplace,
  IconRosetteDiscountCheck,
  IconTrendingDown,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Tag, type Tone } from '@/parts/tag';
import type { RuleState, RuleVerdict } from './queries';

const STATES: Record<RuleState, [Tone, typeof IconBolt]> = {
  draft: ['note', IconPencil],
  shadow: ['warn', IconEyeCheck],
  approved: ['note', IconRosetteDiscountCheck],
  in_force: ['good', IconBolt],
  expired: ['plain', IconHourglass],
  retired: ['plain', IconArchive],
  replaced: ['plain', IconReplace],
};

export function StateTag({ state }: { state: RuleState }) {
  const { t } = useTranslation('rules');
  const [tone, icon] = STATES[state];
  return (
    <Tag tone={tone} icon={icon}>
      {t(`state.${state}`)}
    </Tag>
  );
}

const VERDICTS: Record<RuleVerdict, [Tone, typeof IconBolt]> = {
  earns: ['good', IconRosetteDiscountCheck],
  weak: ['bad', IconTrendingDown],
  unsure: ['plain', IconQuestionMark],
  young: ['plain', IconPlant2],
};

export function VerdictTag({ verdict }: { verdict: RuleVerdict }) {
  const { t } = useTranslation('rules');
  const [tone, icon] = VERDICTS[verdict];
  return (
    <Tag tone={tone} icon={icon} title={t(`verdict.${verdict}_why`)}>
      {t(`verdict.${verdict}`)}
    </Tag>
  );
}
