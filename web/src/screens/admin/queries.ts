// What administering reads and writes, as the API has it.
import { queryOptions } from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { components } from '@/api/types';
import type { Role } from '@/app/session';
import type { Said } from '@/app/words';

interface List<T> {
  items: T[];
}

export interface Grant {
  role: Role;
  office: string;
}

export interface Account {
  id: string;
  name: string;
  display: string;
  grants: Grant[];
  state: 'invited' | 'active' | 'closed';
  totp: boolean;
  last_seen: string | null;
  created_at: string;
}

export interface Invited {
  link: string;
  expires_at: string;
}

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: async () => (await ask<List<Account>>('GET', '/accounts')).items,
});

export type Token = components['schemas']['Token'];

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async () => (await ask<List<Token>>('GET', '/tokens')).items,
});

export interface CapacityLine {
  modality: string;
  minutes_available: number;
  minutes_each: number;
  detection: number | null;
}

export interface Capacity {
  id: string;
  office: string;
  shift: string | null;
  regime: 'parcel' | 'freight' | null;
  lines: CapacityLine[];
  explore: number | null;
  state: 'proposed' | 'approved' | 'rejected' | 'replaced';
  by: string;
  at: string;
  reason: string;
  decided_by: string | null;
  decided_at: string | null;
}

export const capacitiesQuery = (office: string | null) =>
  queryOptions({
    queryKey: ['capacities', office],
    queryFn: async () =>
      (await ask<List<Capacity>>('GET', '/capacities', { query: { office, limit: 200 } })).items,
  });

export interface SettingsValue {
  outcomes_min: number;
  finds_min: number;
  /** 2 where another person than the one who learned a model approves it, else 1. */
  approvers: 1 | 2;
  explore_alarm: number;
}

export interface SettingsRead extends SettingsValue {
  history: (SettingsValue & { by: string; at: string; reason: string })[];
}

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: () => ask<SettingsRead>('GET', '/settings'),
});

export interface RightsRead {
  policies: { id: string; said: Said; text: string }[];
  matrix: { role: Role; action: string; allowed: boolean }[];
}

export const rightsQuery = queryOptions({
  queryKey: ['rights'],
  queryFn: () => ask<RightsRead>('GET', '/rights'),
  staleTime: Number.POSITIVE_INFINITY,
});
