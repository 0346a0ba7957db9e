// Watchlists, their listings, and the hits that wait for a decision, as the server keeps them.
// Names that are looked up travel in a body, never in an address.
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { Said } from '@/app/words';

export interface Page<T> {
  items: T[];
  next?: string | null;
}

export type ListState = 'in_force' | 'expired';

export interface Watchlist {
  id: string;
  name: string;
  office: string;
  source: string;
  source_grade: string;
  information_grade: string;
  legal_basis: string;
  state: ListState;
  expires_on?: string | null;
  format: string;
  listings: number;
  expired_listings: number;
  open_hits: number;
  imported_at: string;
  imported_by: string;
  file: string;
}

export interface NewWatchlist {
  id: string;
  name: string;
  office: string;
  source: string;
  source_grade: string;
  information_grade: string;
  legal_basis: string;
  expires_on: string | null;
  file: string;
  format: string | null;
  content: string;
}

export interface ImportedWatchlist {
  watchlist: Watchlist;
  read: number;
  added: number;
  unchanged: number;
  expired: number;
  /** Of what arrived lately and is held against it at once. */
  hits: number;
  repeated: boolean;
  defects: { line: number; field: string; reason: string; found: string }[];
  defect_count: number;
}

export interface Listing {
  id: string;
  watchlist: string;
  watchlist_name: string;
  kind: string;
  name: string;
  reference: string;
  state: ListState;
  expires_on?: string | null;
  listed_at: string;
}

export interface ListingDetail extends Listing {
  aliases: { name: string; weak: boolean }[];
  keys: { kind: string; text: string; valid: boolean }[];
  programmes: string[];
  remarks: string;
  source: string;
  source_grade: string;
  information_grade: string;
  legal_basis: string;
  expired_at?: string | null;
  expired_by?: string | null;
  expired_because?: string | null;
  hits: ListingHit[];
}

export interface ListingMatch {
  listing: Listing;
  probability: number;
  matched: string;
  agree: string[];
  differ_left: string[];
  differ_right: string[];
  why: Said;
}

export type Verdict = 'same' | 'not_same' | 'unsure';
export type HitState = 'open' | Verdict;

export interface HitDecision {
  id: string;
  verdict: Verdict;
  reason: string;
  by: string;
  at: string;
  expires_on: string;
  hit: string;
  reused: boolean;
}

export interface ListingHit {
  id: string;
  consignment: string;
  reference: string;
  office: string;
  arrived_on: string;
  what: string;
  role?: string | null;
  found?: string | null;
  listing: Listing;
  matched: string;
  probability: number;
  agree: string[];
  differ_found: string[];
  differ_listed: string[];
  why: Said;
  found_at: string;
  state: HitState;
  decision?: HitDecision | null;
}

export interface ListingHitDetail extends ListingHit {
  listing_detail: ListingDetail;
  earlier: HitDecision[];
  same_pair: { hit: string; consignment: string; found_at: string }[];
}

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
}

export function useDecideHit() {
  const stale = useStale('watchlists', 'listings', 'hits', 'entities');
  return useMutation({
    mutationFn: ({ hit, ...body }: HitVerdict) =>
      ask<ListingHitDetail>('POST', `/hits/${encodeURIComponent(hit)}/decide`, {
        body,
        headers: { 'Idempotency-Key': body.id },
      }),
    onSuccess: stale,
  });
}

export interface NameAsked {
  name: string;
  kind: string | null;
  country: string | null;
  limit: number;
  threshold: number;
}

export function useMatch() {
  return useMutation({
    mutationFn: (asked: NameAsked) =>
      ask<Page<ListingMatch>>('POST', '/listings/match', { body: asked }),
  });
}
