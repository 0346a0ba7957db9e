// The four outcomes with their signs and tones, and the ways of examining with theirs.
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconClockPause,
  IconDog,
  IconFileText,
  IconFlask,
  IconPackage,
  IconScan,
  IconShieldX,
  IconWaveSine,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Tag, type Tone } from '@/parts/tag';
import type { OutcomeKind } from './shapes';

export const OUTCOMES: { kind: OutcomeKind; tone: Tone; icon: typeof IconCircleCheck }[] = [
  { kind: 'clear', tone: 'good', icon: IconCircleCheck },
  { kind: 'discrepancy', tone: 'warn', icon: IconAlertTriangle },
  { kind: 'seizure', tone: 'bad', icon: IconShieldX },
  { kind: 'not_examined', tone: 'plain', icon: IconClockPause },
];

export const MODALITY_ICONS: Record<string, typeof IconCircleCheck> = {
  document: IconFileText,
  scan: IconScan,
  dog: IconDog,
  trace: IconWaveSine,
  lab: IconFlask,
  unpack: IconPackage,
};

export function OutcomeTag({ outcome }: { outcome: OutcomeKind }) {
  const { t } = useTranslation('inspections');
  const of = OUTCOMES.find(({ kind }) => kind === outcome);
  return (
    <Tag tone={of?.tone ?? 'plain'} {...(of ? { icon: of.icon } : {})}>
      {t(`outcome.${outcome}`)}
    </Tag>
  );
}

export function Modalities({ steps }: { steps: string[] }) {
  const { t } = useTranslation('inspections');
  return steps.map((step, at) => {
    const Icon = MODALITY_ICONS[step] ?? IconPackage;
    return (
      // A plan may name the same way of examining twice.
      // biome-ignore lint/suspicious/noArrayIndexKey: the order is the name
      <Tag key={`${step} ${at}`} icon={Icon}>
        {t(`modality.${step}`, { defaultValue: step })}
      </Tag>
    );
  });
}
