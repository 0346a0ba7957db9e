// Where a model is in its life.
import {
  IconArchive,
  IconArrowBackUp,
  IconBolt,
  IconEyeCheck,
  IconHourglass,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Tag, type Tone } from '@/parts/tag';

const STATES: Record<string, [Tone, typeof IconBolt]> = {
  candidate: ['note', IconHourglass],
  challenger: ['warn', IconEyeCheck],
  in_force: ['good', IconBolt],
  retired: ['plain', IconArchive],
  rolled_back: ['bad', IconArrowBackUp],
};

export function StateTag({ state }: { state: string }) {
  const { t } = useTranslation('models');
  const [tone, icon] = STATES[state] ?? ['plain', IconArchive];
  return (
    <Tag tone={tone} icon={icon}>
      {t(`state.${state}`, { defaultValue: state })}
    </Tag>
  );
}
