// The office whose work is on screen. It is chosen once, in the bar above, and every screen
// follows; an account with one office never has to choose.
import { NativeSelect } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { useFormat } from './format';
import { useSession } from './session';
import type { Said } from './words';

export interface Office {
  code: string;
  name: Said;
  shifts: { name: string; starts: string; minutes_long: number; release_before_minutes: number }[];
}

export const officesQuery = queryOptions({
  queryKey: ['offices'],
  queryFn: async () => (await ask<{ items: Office[] }>('GET', '/offices')).items,
  staleTime: 10 * 60_000,
});

interface Choice {
  /** The office's code; null for all that the account has. */
  office: string | null;
  choose: (office: string | null) => void;
}

const Chosen = createContext<Choice>({ office: null, choose: () => {} });
const KEPT = 'sumun.office';

export function OfficeProvider({ children }: { children: ReactNode }) {
  const { offices } = useSession();
  const [kept, setKept] = useState(() => localStorage.getItem(KEPT));
  const value = useMemo(() => {
    const all = offices.includes('*');
    const only = !all && offices.length === 1 ? (offices[0] ?? null) : null;
    const allowed = kept !== null && (all || offices.includes(kept)) ? kept : null;
    return {
      office: only ?? allowed,
      choose: (office: string | null) => {
        if (office) localStorage.setItem(KEPT, office);
        else localStorage.removeItem(KEPT);
        setKept(office);
      },
    };
  }, [offices, kept]);
  return <Chosen value={value}>{children}</Chosen>;
}

export const useOffice = (): Choice => useContext(Chosen);

/** The offices that the account may see, with their names. */
export function useOffices(): Office[] {
  const { offices } = useSession();
  const { data } = useQuery(officesQuery);
  return useMemo(
    () => (data ?? []).filter(({ code }) => offices.includes('*') || offices.includes(code)),
    [data, offices],
  );
}

export function OfficePicker() {
  const { t } = useTranslation();
  const format = useFormat();
  const { office, choose } = useOffice();
  const offices = useOffices();
  if (offices.length === 0) return null;
  return (
    <NativeSelect
      aria-label={t('office.choose')}
      value={office ?? ''}
      onChange={(event) => choose(event.currentTarget.value || null)}
      data={[
        ...(offices.length > 1 ? [{ value: '', label: t('office.all') }] : []),
        ...offices.map(({ code, name }) => ({
          value: code,
          label: format.said(name) === code ? code : `${code} · ${format.said(name)}`,
        })),
      ]}
    />
  );
}
