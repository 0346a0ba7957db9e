// The search field and the filters above the list. What is typed searches after a short rest; every
// filter that is set stands beneath as a chip that goes with one press.
import { ActionIcon, Button, Popover, TextInput } from '@mantine/core';
import { IconFilterPlus, IconSearch, IconX } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { type FormEvent, type ReactNode, type Ref, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '@/app/format';
import { FilterChips } from '@/parts/chips';
import chips from '@/parts/chips.module.css';
import {
  CHOSEN,
  type Chosen,
  chipsOf,
  choicesOf,
  type FilterName,
  type Filters,
  isValid,
  TYPED,
  type Typed,
  tidied,
  toggled,
  without,
} from './filters';
import styles from './queue.module.css';

interface Props {
  ref: Ref<HTMLInputElement>;
  filters: Filters;
  onChange: (filters: Filters) => void;
  /** Esc or Enter in the search field: back to the list. */
  onLeave: () => void;
  children?: ReactNode;
}

const REST_MS = 250;
/** What is typed into the menu; plan, office and day have their own place above. */
const FREE: Typed[] = TYPED.filter((name) => !['plan', 'day'].includes(name));

/** Where the words of a filter's values are. */
const WORDS: Record<Chosen, string> = {
  regime: 'desk:regime',
  drawn: 'queue:filter.is_drawn',
  lane: 'parts:lane',
  channel: 'desk:channel',
  state: 'desk:state',
  modality: 'desk:modality',
};

export function sayFilter(name: FilterName, value: string, t: TFunction, format: Format): string {
  if (name === 'from_score')
    return t('queue:filter.from_score_is', { share: format.share(+value) });
  if (name === 'day') return format.day(value);
  const words = WORDS[name as Chosen];
  if (!words) return `${t(`queue:filter.${name}`)}: ${value}`;
  const said = value.split(',').map((one) => t(`${words}.${one}`));
  return name === 'drawn' ? said.join() : `${t(`queue:filter.${name}`)}: ${said.join(', ')}`;
}

export function FilterBar({ ref, filters, onChange, onLeave, children }: Props) {
  const { t } = useTranslation(['queue', 'desk', 'parts']);
  const format = useFormat();
  const [typed, setTyped] = useState(filters.q ?? '');
  const sent = useRef(filters.q ?? '');
  useEffect(() => {
    if ((filters.q ?? '') === sent.current) return;
    sent.current = filters.q ?? '';
    setTyped(sent.current);
  }, [filters.q]);
  useEffect(() => {
    const words = typed.trim();
    if (words === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = words;
      onChange(words ? { ...filters, q: words } : without(filters, 'q'));
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [typed, filters, onChange]);
  // The shift has its own place beside the search.
  const set = chipsOf(filters).filter(({ name }) => name !== 'plan');
  return (
    <>
      <div className={`${styles.bar} unprinted`}>
        <TextInput
          ref={ref}
          type="search"
          className={styles.search ?? ''}
          leftSection={<IconSearch size={17} aria-hidden />}
          rightSection={
            typed && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('queue:search_clear')}
                onClick={() => setTyped('')}
              >
                <IconX size={16} />
              </ActionIcon>
            )
          }
          aria-label={t('queue:search')}
          placeholder={t('queue:search_hint')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === 'Escape' || event.key === 'Enter' || event.key === 'ArrowDown') {
              event.preventDefault();
              onLeave();
            }
          }}
        />
        <FilterMenu filters={filters} onChange={onChange} />
        {children}
      </div>
      {set.length > 0 && (
        <FilterChips
          filters={set.map(({ name, value }) => ({
            id: name,
            said: sayFilter(name, value, t, format),
            remove: () => onChange(without(filters, name)),
          }))}
          clear={() => onChange(filters.plan ? { plan: filters.plan } : {})}
        />
      )}
    </>
  );
}

function FilterMenu({ filters, onChange }: Pick<Props, 'filters' | 'onChange'>) {
  const { t } = useTranslation(['queue', 'desk', 'parts']);
  return (
    <Popover position="bottom-start" width={460} trapFocus shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<IconFilterPlus size={18} aria-hidden />}>
          {t('queue:filter.add')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('queue:filter.add')} className={styles.filters ?? ''}>
        {CHOSEN.map((name) => (
          <div key={name}>
            <div className={styles.filterName}>{t(`queue:filter.${name}`)}</div>
            <div className={chips.row} role="group" aria-label={t(`queue:filter.${name}`)}>
              {choicesOf(name).map((value) => (
                <button
                  key={value}
                  type="button"
                  className={chips.choice}
                  aria-pressed={filters[name]?.split(',').includes(value) ?? false}
                  onClick={() => onChange(toggled(filters, name, value))}
                >
                  {t(`${WORDS[name]}.${value}`)}
                </button>
              ))}
            </div>
          </div>
        ))}
        <div className={styles.freeFilters}>
          {FREE.map((name) => (
            <FreeFilter key={name} name={name} filters={filters} onChange={onChange} />
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

interface FreeProps extends Pick<Props, 'filters' | 'onChange'> {
  name: Typed;
}

function FreeFilter({ name, filters, onChange }: FreeProps) {
  const { t } = useTranslation('queue');
  const [typed, setTyped] = useState(filters[name] ?? '');
  const [wrong, setWrong] = useState(false);
  const set = (event: FormEvent) => {
    event.preventDefault();
    const value = tidied(name, typed);
    setWrong(value !== '' && !isValid(name, value));
    if (value === '') onChange(without(filters, name));
    else if (isValid(name, value)) onChange({ ...filters, [name]: value });
  };
  return (
    <form onSubmit={set} noValidate>
      <TextInput
        size="sm"
        label={t(`filter.${name}`)}
        placeholder={t(`filter.${name}_hint`)}
        value={typed}
        error={wrong ? t('filter.wrong') : null}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={set}
      />
    </form>
  );
}
