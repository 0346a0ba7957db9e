// The command palette: every screen, every office, and whatever the server finds by an id, a name
// or a barcode's number. It is fetched when it is first asked for.
import { Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { useFormat } from './format';
import { useOffice, useOffices } from './office';
import styles from './palette.module.css';
import { openTo } from './screens';
import { useMay, useSession } from './session';

interface Found {
  kind: 'consignment' | 'plan' | 'party';
  id: string;
  label: string;
  hint: string | null;
}

interface Line {
  id: string;
  label: string;
  hint: string;
  act: () => void;
}

const ADDRESS = {
  consignment: (id: string) => `/consignments/${encodeURIComponent(id)}`,
  plan: (id: string) => `/queue?plan=${encodeURIComponent(id)}`,
  party: (id: string) => `/entities?q=${encodeURIComponent(id)}`,
};

export default function Palette({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const { actions } = useSession();
  const may = useMay();
  const offices = useOffices();
  const { choose } = useOffice();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const [settled] = useDebouncedValue(typed.trim(), 200);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const { data: found } = useQuery({
    queryKey: ['search', settled],
    queryFn: async ({ signal }) =>
      (await ask<{ items: Found[] }>('GET', '/search', { query: { q: settled }, signal })).items,
    enabled: settled.length > 1 && may('read_consignment'),
    placeholderData: (before) => before,
  });

  const lines = useMemo((): Line[] => {
    const wanted = typed.trim().toLowerCase();
    const go = (href: string) => () => void navigate({ href });
    const own: Line[] = [
      ...openTo(actions).map(({ name, path }) => ({
        id: `screen ${name}`,
        label: t(`nav.${name}`),
        hint: t('palette.screen'),
        act: go(path),
      })),
      {
        id: 'screen account',
        label: t('account.own'),
        hint: t('palette.screen'),
        act: go('/account'),
      },
      { id: 'keys', label: t('keys.title'), hint: '?', act: onKeys },
      ...offices.map(({ code, name }) => ({
        id: `office ${code}`,
        label: `${code} · ${format.said(name)}`,
        hint: t('palette.office'),
        act: () => choose(code),
      })),
    ];
    const things = wanted.length > 1 ? (found ?? []) : [];
    const begins = (line: Line) => line.label.toLowerCase().startsWith(wanted);
    const matching = own.filter(({ label }) => label.toLowerCase().includes(wanted));
    // What is called so comes first; then what the server found; then what is called alike.
    return [
      ...matching.filter(begins),
      ...things.map(({ kind, id, label, hint }) => ({
        id: `${kind} ${id}`,
        label,
        hint: hint ?? t(`palette.${kind}`),
        act: go(ADDRESS[kind](id)),
      })),
      ...matching.filter((line) => !begins(line)),
    ];
  }, [typed, found, actions, offices, choose, navigate, onKeys, t, format]);

  const chosen = Math.min(at, lines.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  });
  const take = (line: Line | undefined) => {
    if (!line) return;
    onClose();
    line.act();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((chosen + step + lines.length) % Math.max(lines.length, 1));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      take(lines[chosen]);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size="lg"
      yOffset="10vh"
      aria-label={t('palette.title')}
    >
      <TextInput
        data-autofocus
        size="md"
        variant="unstyled"
        leftSection={<IconSearch size={18} aria-hidden />}
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.title')}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={lines[chosen] ? `${listId}-${chosen}` : undefined}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        ref={list}
        id={listId}
        role="listbox"
        aria-label={t('palette.title')}
        className={styles.list}
      >
        {lines.map((line, index) => (
          // The keyboard acts on the field above, as the pattern of a combobox asks.
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above
          <div
            key={line.id}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className={styles.line}
            onClick={() => take(line)}
          >
            <span>{line.label}</span>
            <span className="quiet">{line.hint}</span>
          </div>
        ))}
      </div>
      {lines.length === 0 && (
        <p className={styles.none} role="status">
          {t('palette.nothing')}
        </p>
      )}
    </Modal>
  );
}
