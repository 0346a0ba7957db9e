// Watchlists, their listings, and the hits that wait for a decision, as the server keeps them.
// Names that are looked up travel in a body, never in an address.
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { ask } from '@/api/client';
import { Problem } from '@/api/problem';
import type { components } from '@/api/types';

export interface Page<T> {
  items: T[];
  next?: string | null;
}

type Schemas = components['schemas'];
export type ListState = 'in_force' | 'expired';
export type Watchlist = Schemas['Watchlist'];
export type NewWatchlist = Schemas['NewWatchlist'];
export type ImportedWatchlist = Schemas['ImportedWatchlist'];
export type Listing = Schemas['Listing'];
export type ListingMatch = Schemas['ListingMatch'];
export type Verdict = 'same' | 'not_same' | 'unsure';
export type HitState = 'open' | Verdict;
export type HitDecision = Schemas['HitDecision'];
/** A hit is in one of its states; `all` is only ever asked for. */
export type ListingHit = Omit<Schemas['ListingHit'], 'state'> & { state: HitState };
export type ListingDetail = Omit<Schemas['ListingDetail'], 'hits'> & { hits: ListingHit[] };
export type ListingHitDetail = Omit<Schemas['ListingHitDetail'], 'state'> & { state: HitState };

export const watchlistsQuery = queryOptions({
  queryKey: ['watchlists'],
  queryFn: async () => (await ask<Page<Watchlist>>('GET', '/watchlists')).items,
});

export interface ListingFilter {
  watchlist: string | null;
  kind: string | null;
  state: ListState | null;
  q: string;
}

export const listingsQuery = (filter: ListingFilter) =>
  infiniteQueryOptions({
    queryKey: ['listings', filter],
    queryFn: ({ pageParam }) =>
      ask<Page<Listing>>('GET', '/listings', {
        query: { ...filter, limit: 200, cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next ?? null,
  });

export const listingQuery = (id: string) =>
  queryOptions({
    queryKey: ['listings', 'one', id],
    queryFn: () => ask<ListingDetail>('GET', `/listings/${encodeURIComponent(id)}`),
  });

export interface HitFilter {
  state: HitState | 'all';
  watchlist: string | null;
}

export const hitsQuery = (filter: HitFilter) =>
  infiniteQueryOptions({
    queryKey: ['hits', filter],
    queryFn: ({ pageParam }) =>
      ask<Page<ListingHit>>('GET', '/hits', {
        query: { ...filter, limit: 100, cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next ?? null,
  });

export const hitQuery = (id: string) =>
  queryOptions({
    queryKey: ['hits', 'one', id],
    queryFn: () => ask<ListingHitDetail>('GET', `/hits/${encodeURIComponent(id)}`),
  });

function useStale(...nouns: string[]) {
  const client = useQueryClient();
  return () => {
    for (const noun of nouns) void client.invalidateQueries({ queryKey: [noun] });
  };
}

export function useImport() {
  const stale = useStale('watchlists', 'listings', 'hits');
  return useMutation({
    mutationFn: (list: NewWatchlist) =>
      ask<ImportedWatchlist>('POST', '/watchlists', {
        body: list,
        headers: { 'Idempotency-Key': list.id },
      }),
    onSuccess: stale,
  });
}

/** What an import would change, and whether it would take most of the list off. */
export interface ImportPreview {
  effect: ImportedWatchlist;
  shrinks: boolean;
}

/** Asks what an import would come to. One that is refused for what it takes off is told as well. */
export function useImportPreview() {
  return useMutation({
    mutationFn: async (list: NewWatchlist): Promise<ImportPreview> => {
      const look = (replace: boolean) =>
        ask<ImportedWatchlist>('POST', '/watchlists', {
          body: { ...list, replace, dry_run: true },
        });
      try {
        return { effect: await look(false), shrinks: false };
      } catch (error) {
        if (Problem.of(error).code !== 'list_shrinks') throw error;
        return { effect: await look(true), shrinks: true };
      }
    },
  });
}

export interface Expiry {
  noun: 'watchlists' | 'listings';
  of: string;
  id: string;
  reason: string;
}

export function useExpire() {
  const stale = useStale('watchlists', 'listings', 'hits');
  return useMutation({
    mutationFn: ({ noun, of, ...body }: Expiry) =>
      ask('POST', `/${noun}/${encodeURIComponent(of)}/expire`, {
        body,
        headers: { 'Idempotency-Key': body.id },
      }),
    onSuccess: stale,
  });
}

export interface HitVerdict {
  hit: string;
  id: string;
  verdict: Verdict;
  reason: string;
  expires_on: string | null;
  /** The decision that was seen, or null where the hit was open. */
  instead_of: string | null;
}

export function useDecideHit() {
  const client = useQueryClient();
  const stale = useStale('watchlists', 'listings', 'hits', 'entities');
  return useMutation({
    mutationFn: ({ hit, ...body }: HitVerdict) =>
      ask<ListingHitDetail>('POST', `/hits/${encodeURIComponent(hit)}/decide`, {
        body,
        headers: { 'Idempotency-Key': body.id },
      }),
    onSuccess: stale,
    // Somebody else may have decided: what they said is shown beside the refusal.
    onError: (_, { hit }) => client.invalidateQueries({ queryKey: ['hits', 'one', hit] }),
  });
}

export type NameAsked = Schemas['NameAsked'];

export function useMatch() {
  return useMutation({
    mutationFn: (asked: NameAsked) =>
      ask<Page<ListingMatch>>('POST', '/listings/match', { body: asked }),
  });
}
