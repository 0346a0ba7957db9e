// The journal as the server gives it: entries, the proof of one, and the verdict over all.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ask } from '@/api/client';

export interface Entry {
  seq: number;
  at: string;
  actor: string;
  act: string;
  subject: string | null;
  body: unknown;
  leaf_hash: string;
}

export interface Filters {
  q?: string;
  actor?: string;
  act?: string;
  subject?: string;
  from?: string;
  to?: string;
}

interface List<T> {
  items: T[];
  next: string | null;
  total?: number | null;
}

export const entriesQuery = (filters: Filters) =>
  infiniteQueryOptions({
    queryKey: ['journal', filters],
    queryFn: ({ pageParam, signal }) =>
      ask<List<Entry>>('GET', '/journal', {
        query: { ...filters, cursor: pageParam, limit: 200 },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export interface Checkpoint {
  text: string;
  origin: string;
  size: number;
  root: string;
  at: string;
  signed: boolean;
}

export interface Proof {
  entry: Entry;
  leaf_hash: string;
  index: number;
  size: number;
  path: string[];
  root: string;
  checkpoint: Checkpoint | null;
  holds: boolean;
}

export const proofQuery = (seq: number) =>
  queryOptions({
    queryKey: ['journal', 'proof', seq],
    queryFn: () => ask<Proof>('GET', `/journal/${seq}/proof`),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const checkpointQuery = queryOptions({
  queryKey: ['journal', 'checkpoint'],
  queryFn: () => ask<Checkpoint>('GET', '/journal/checkpoint'),
});

export interface Verification {
  verified: boolean;
  rows: number | null;
  checkpoints: number | null;
  unsigned: number | null;
  root: string | null;
  first_altered: number | null;
  what: string | null;
}
