// The lines of a seizure: what, how much, in the unit in which it was counted or weighed. Another
// substance is another line; the kilogram equivalent is the server's to work out.
import { Autocomplete, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { type Faults, isCounted, newExhibit } from './form';
import styles from './inspections.module.css';
import type { Codes, DraftExhibit } from './shapes';

interface Props {
  exhibits: DraftExhibit[];
  codes: Codes;
  faults: Faults;
  change: (exhibits: DraftExhibit[]) => void;
}

export function Exhibits({ exhibits, codes, faults, change }: Props) {
  const { t } = useTranslation('inspections');
  const format = useFormat();
  const put = (key: string, part: Partial<DraftExhibit>) =>
    change(exhibits.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const fault = (name: string) => (faults[name] ? t(`fault.${faults[name]}`) : undefined);
  const names = codes.substances.map(({ said }) => format.said(said));
  /** A name of the list is kept as its code, whatever language it was chosen in. */
  const codeOf = (typed: string) =>
    codes.substances.find(({ said }) => said.ko === typed || said.en === typed)?.code ?? typed;
  const nameOf = (kept: string) => {
    const known = codes.substances.find(({ code }) => code === kept);
    return known ? format.said(known.said) : kept;
  };
  return (
    <fieldset className={styles.fieldset}>
      <legend>{t('form.exhibits')}</legend>
      <ol className={styles.plainList}>
        {exhibits.map((one, at) => (
          <li key={one.key} className={styles.exhibit}>
            <Autocomplete
              size="lg"
              required
              className={styles.substance ?? ''}
              label={t('form.substance', { number: at + 1 })}
              placeholder={t('form.substance_hint')}
              value={nameOf(one.substance)}
              error={fault(`substance.${one.key}`)}
              onChange={(typed) => put(one.key, { substance: codeOf(typed) })}
              data={names}
              limit={30}
            />
            <TextInput
              size="lg"
              required
              label={t('form.quantity')}
              inputMode="decimal"
              autoComplete="off"
              value={one.quantity}
              error={fault(`quantity.${one.key}`)}
              onChange={(event) => put(one.key, { quantity: event.currentTarget.value })}
            />
            <NativeSelect
              size="lg"
              required
              label={t('form.unit')}
              value={one.unit}
              error={fault(`unit.${one.key}`)}
              onChange={(event) => put(one.key, { unit: event.currentTarget.value })}
              data={codes.units.map(({ code, said }) => ({
                value: code,
                label: format.said(said),
              }))}
            />
            {isCounted(one.unit) && (
              <TextInput
                size="lg"
                label={t('form.unit_mass')}
                inputMode="decimal"
                autoComplete="off"
                value={one.unit_mass_g}
                error={fault(`unit_mass_g.${one.key}`)}
                onChange={(event) => put(one.key, { unit_mass_g: event.currentTarget.value })}
              />
            )}
            {exhibits.length > 1 && (
              <button
                type="button"
                className={styles.square}
                aria-label={t('form.remove_exhibit', { number: at + 1 })}
                onClick={() => change(exhibits.filter(({ key }) => key !== one.key))}
              >
                <IconTrash size={24} aria-hidden />
              </button>
            )}
          </li>
        ))}
      </ol>
      <Button
        variant="default"
        size="lg"
        leftSection={<IconPlus size={22} aria-hidden />}
        onClick={() => change([...exhibits, newExhibit()])}
      >
        {t('form.add_exhibit')}
      </Button>
    </fieldset>
  );
}
