// Entities: the records that are judged to be one firm or person, as the server keeps them. What an
// officer looks for is a name or number of somebody, so it is asked, and journaled, by the server.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { Decision, List } from '@/api/desk';
import type { Said } from '@/app/words';

export interface EntityRow {
  id: string;
  label: string;
  names: string[];
  roles: string[];
  records: number;
  consignments: number;
  finds: number;
  first_on: string;
  last_on: string;
  possible_victim: boolean;
  role_here?: string | null;
}

export interface EntityRecord {
  id: string;
  name: string;
  code: string;
  address: string;
  country?: string | null;
  phones: string[];
  mails: string[];
  roles: string[];
  consignments: number;
  first_on: string;
  last_on: string;
  probability?: number | null;
  /** "machine", or who put it here. */
  by: string;
  because: Said[];
}

export interface CourseMonth {
  month: string;
  consignments: number;
  inspected: number;
  found: number;
}

export interface NamedOn {
  id: string;
  reference: string;
  role: string;
  office: string;
  arrived_on: string;
  goods: string;
  fate: string;
  found?: string | null;
}

export interface Apart {
  by: string;
  at: string;
  reason: string;
}

export interface EntityLink {
  entity: string;
  label: string;
  kind: string;
  value: string;
  shared_by: number;
  consignments: number;
  finds: number;
  said: Said;
  apart?: Apart | null;
}

export interface PossibleVictim {
  code: string;
  names: number;
  addresses: number;
  said: Said;
  next: Said;
}

export interface EntityHit {
  id: string;
  list: string;
  listing: string;
  consignment: string;
  probability: number;
  decision?: string | null;
  by?: string | null;
  at?: string | null;
  reason?: string | null;
}

export interface EntityPage {
  id: string;
  label: string;
  merged_into?: string | null;
  made_at: string;
  records: EntityRecord[];
  roles: { role: string; consignments: number }[];
  course: CourseMonth[];
  consignments: { count: number; inspected: number; found: number; items: NamedOn[] };
  links: EntityLink[];
  possible_victim?: PossibleVictim | null;
  hits: EntityHit[];
  decisions: Decision[];
  may: { split: boolean; merge: boolean };
}

export interface WaterfallStep {
  field: string;
  left: string;
  right: string;
  level: string;
  bits: number;
  said: Said;
}

export interface RecordWaterfall {
  record: string;
  other: string;
  same_entity: boolean;
  start_bits: number;
  steps: WaterfallStep[];
  total_bits: number;
  probability: number;
  threshold: number;
  decided?: { act: 'apart' | 'together'; by: string; at: string; reason: string } | null;
}

export interface EntityAct {
  at: string;
  act: 'made' | 'joined' | 'merged' | 'split';
  by: string;
  records: string[];
  other?: string | null;
  reason: string;
  probability?: number | null;
}

/** What moved where. */
export interface Moved {
  id: string;
  entity: string;
  other: string;
  records: string[];
}

/** Who does it when no person did. */
export const MACHINE = 'machine';

export const entitiesQuery = (q: string, victims: boolean) =>
  queryOptions({
    queryKey: ['entities', q, victims],
    queryFn: async () =>
      (
        await ask<List<EntityRow>>('GET', '/entities', {
          query: { q, possible_victim: victims ? 1 : null, limit: 50 },
        })
      ).items,
    placeholderData: (before) => before,
  });

const at = (id: string) => `/entities/${encodeURIComponent(id)}`;

export const entityQuery = (id: string) =>
  queryOptions({
    queryKey: ['entities', 'one', id],
    queryFn: () => ask<EntityPage>('GET', at(id)),
  });

export const waterfallQuery = (id: string, record: string, other: string | null) =>
  queryOptions({
    queryKey: ['entities', 'one', id, 'waterfall', record, other],
    queryFn: () => ask<RecordWaterfall>('GET', `${at(id)}/waterfall`, { query: { record, other } }),
  });

export const historyQuery = (id: string) =>
  queryOptions({
    queryKey: ['entities', 'one', id, 'history'],
    queryFn: async () => (await ask<List<EntityAct>>('GET', `${at(id)}/history`)).items,
  });

interface Order {
  entity: string;
  id: string;
  reason: string;
}

function useMove<More>(act: 'split' | 'merge') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ entity, ...body }: Order & More) =>
      ask<Moved>('POST', `${at(entity)}/${act}`, {
        body,
        headers: { 'Idempotency-Key': body.id },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['entities'] }),
  });
}

export const useSplit = () => useMove<{ records: string[] }>('split');
export const useMerge = () => useMove<{ with: string }>('merge');
