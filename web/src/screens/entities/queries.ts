// Entities: the records that are judged to be one firm or person, as the server keeps them. What an
// officer looks for is a name or number of somebody, so it is asked, and journaled, by the server.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { List } from '@/api/desk';
import type { components } from '@/api/types';

type Schemas = components['schemas'];
export type EntityRow = Schemas['EntityRow'];
export type EntityRecord = Schemas['EntityRecord'];
export type CourseMonth = Schemas['EntityMonth'];
export type EntityLink = Schemas['EntityLink'];
export type EntityHit = Schemas['EntityHit'];
export type EntityPage = Schemas['EntityPage'];
export type RecordWaterfall = Schemas['Waterfall'];
export type WaterfallStep = RecordWaterfall['steps'][number];
export type EntityAct = Schemas['EntityAct'];
/** What moved where. */
export type Moved = Schemas['EntityChanged'];

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
  /** `revision` of the page on which it was decided. */
  seen: number;
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
