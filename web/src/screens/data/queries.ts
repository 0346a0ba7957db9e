// What arrives and what was wrong with it: sources, messages and defects, as the server keeps them.
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { components } from '@/api/types';

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Source {
  source: string;
  format: string;
  last_at: string;
  lag_h: number;
  messages: number;
  rows: number;
  rejected: number;
  days: { day: string; rows: number; rejected: number }[];
}

export type Received = components['schemas']['Received'];
export type RecordDefect = components['schemas']['RecordDefect'];
export type DefectKind = components['schemas']['DefectKind'];
export type DefectState = 'open' | 'mended' | 'rejected';

export interface Message {
  id: number;
  name: string;
  source: string;
  format: string;
  size_bytes: number;
  received_at: string;
  finished_at: string | null;
  received: Received;
}

export type Said = components['schemas']['Said'];

export interface Defect {
  id: string;
  message: number;
  file: string;
  line: number;
  field: string;
  kind: DefectKind;
  rejects: boolean;
  reason: string;
  said: Said;
  found: string;
  found_at: string;
  state: DefectState;
  decided_at: string | null;
  decided_by: string | null;
  mendable: boolean;
}

export interface DefectDetail extends Defect {
  record: { name: string; text: string | null }[] | null;
  beside: Defect[];
}

export interface Mended {
  message: number;
  repeated: boolean;
  received: Received;
  consignments: string[];
  defects: RecordDefect[];
}

export interface Segment {
  at: number;
  text: string;
  sound: boolean;
  defects: RecordDefect[];
}

/** What is understood of a record; the parts that are shown. */
export interface Understood {
  where?: { line: number };
  ids?: Record<string, string | null>;
  kind?: string;
  regime?: string;
  direction?: string;
  office?: string;
  arrived_on?: string;
  goods?: {
    hs?: string | null;
    description?: string;
    origin?: string | null;
    net_mass_g?: number | null;
    gross_mass_g?: number | null;
    value?: unknown;
  }[];
  parties?: { role: string; code?: string; contact?: { name?: string; address?: string } }[];
  route?: { conveyance?: string; voyage?: string; places?: { code?: string; role: string }[] };
  equipment?: { number: string; size_type?: string; empty?: boolean; seals?: string[] }[];
  signs?: string[];
}

/** What would be understood of a file. */
export interface Understanding {
  format: string;
  dialect: string;
  manifests: { reference?: string; function?: string; consignments?: string[] }[];
  consignments: Understood[];
  segments: Segment[];
  defects: RecordDefect[];
  cut: boolean;
  /** A first mapping, for a table that no mapping knows. */
  proposal: string | null;
}

export type Member = Understanding & { name: string };

/** Of an archive or a mail: all its files' together, and each by itself. */
export type Looked = Understanding & { members: Member[]; left_out: string[] };

/** How many defects kept their record out, and how many did not. */
export interface DefectTotal {
  kept_out: number;
  stored: number;
}

export interface Taken {
  message: number;
  repeated: boolean;
  format: string;
  model: string | null;
  received: Received;
  not_declared: number;
  tests: number;
  consignments: { line: number; id: string; reference: string }[];
  defects: RecordDefect[];
}

export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: async () => (await ask<Page<Source>>('GET', '/sources')).items,
});

export const messagesQuery = (source: string | null) =>
  infiniteQueryOptions({
    queryKey: ['data', 'messages', source],
    queryFn: ({ pageParam }) =>
      ask<Page<Message>>('GET', '/messages', {
        query: { source, limit: 200, cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

export type UndeclaredBox = components['schemas']['UndeclaredBox'];

/** Boxes that were seen and are on no manifest. */
export const boxesQuery = (q: string, full: boolean) =>
  infiniteQueryOptions({
    queryKey: ['data', 'boxes', q, full],
    queryFn: ({ pageParam }) =>
      ask<Page<UndeclaredBox>>('GET', '/sightings', {
        query: { q: q || null, full, limit: 200, cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

export const defectsQuery = (state: DefectState | null, q: string, kept_out: boolean | null) =>
  infiniteQueryOptions({
    queryKey: ['defects', state, q, kept_out],
    queryFn: ({ pageParam }) =>
      ask<Page<Defect> & { total: DefectTotal | null }>('GET', '/defects', {
        query: { state, q, kept_out, limit: 200, cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

export const defectQuery = (id: string) =>
  queryOptions({
    queryKey: ['defects', 'one', id],
    queryFn: () => ask<DefectDetail>('GET', `/defects/${encodeURIComponent(id)}`),
  });

function useStale() {
  const client = useQueryClient();
  return () => {
    for (const noun of ['defects', 'sources', 'data', 'queue', 'today']) {
      void client.invalidateQueries({ queryKey: [noun] });
    }
  };
}

export function useMend() {
  const stale = useStale();
  return useMutation({
    mutationFn: (order: {
      defect: string;
      id: string;
      values: Record<string, string>;
      reason: string;
    }) => {
      const { defect, ...body } = order;
      return ask<Mended>('POST', `/defects/${encodeURIComponent(defect)}/mend`, {
        body,
        headers: { 'Idempotency-Key': body.id },
      });
    },
    onSuccess: stale,
  });
}

export function useReject() {
  const stale = useStale();
  return useMutation({
    mutationFn: ({ defect, ...body }: { defect: string; id: string; reason: string }) =>
      ask<DefectDetail>('POST', `/defects/${encodeURIComponent(defect)}/reject`, {
        body,
        headers: { 'Idempotency-Key': body.id },
      }),
    onSuccess: stale,
  });
}

export interface Given {
  name: string;
  bytes: ArrayBuffer;
  office: string | null;
}

const BYTES = { 'Content-Type': 'application/octet-stream' };

export function useLook() {
  return useMutation({
    mutationFn: ({ name, bytes, office }: Given) =>
      ask<Looked>('POST', '/messages/inspect', {
        query: { name, office },
        body: bytes,
        headers: BYTES,
      }),
  });
}

export function useTake() {
  const stale = useStale();
  return useMutation({
    mutationFn: ({ name, bytes, office }: Given) =>
      ask<Taken>('POST', '/messages', { query: { name, office }, body: bytes, headers: BYTES }),
    onSuccess: stale,
  });
}
