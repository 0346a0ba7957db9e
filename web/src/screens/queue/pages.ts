// The rows of the queue by number, however many there are. The server gives pages by cursor, so a
// page can be asked for once the one before it is known; pages that nobody looks at are let go
// while their cursors stay, so a hundred thousand rows weigh what is on screen. Where an officer
// was in each question is kept for as long as the tab lives.
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { List, QueueRow } from '@/api/desk';
import { type Filters, keyOf, queryOf } from './filters';

/** About eight screens of rows: a fifth of a second of scrolling away from the next request. */
export const PAGE = 200;

export interface Place {
  /** The cursor of each page known so far; the first has none. */
  cursors: (string | null)[];
  total: number | null;
  /** There are more than `total`: the server counts only so far. */
  more: boolean;
  scrolled: number;
  current: number;
}

const places = new Map<string, Place>();

export function placeOf(key: string): Place {
  const known = places.get(key);
  if (known) return known;
  const place: Place = { cursors: [null], total: null, more: false, scrolled: 0, current: 0 };
  places.set(key, place);
  return place;
}

/** For tests. */
export const forgetPlaces = () => places.clear();

/** Takes what a page says about the next one. Later cursors go when the chain has changed. */
export function chain(place: Place, index: number, next: string | null | undefined): void {
  if (next == null) place.cursors.length = index + 1;
  else if (place.cursors[index + 1] !== next) {
    place.cursors.length = index + 1;
    place.cursors.push(next);
  }
}

/** The pages to have: those asked for, and the furthest known one on the way to one that is not. */
export function wanted(place: Place, asked: readonly number[]): number[] {
  const known = place.cursors.length - 1;
  const pages = asked.map((page) => Math.min(page, known));
  return [...new Set([0, ...pages])].sort((a, b) => a - b);
}

/** The pages in sight, as a text: it changes only where a page does. */
export function sightOf(from: number, to: number): string {
  const pages: number[] = [];
  for (let page = Math.floor(from / PAGE); page <= Math.floor(to / PAGE); page += 1) {
    pages.push(page);
  }
  return pages.join();
}

/** The pages in sight, and the one of the row under the hand. */
export function pagesOf(sight: string, current: number): number[] {
  return [...sight.split(',').map(Number), Math.floor(current / PAGE)];
}

async function fetchPage(
  filters: Filters,
  place: Place,
  index: number,
  cursor: string | null,
  signal: AbortSignal,
): Promise<List<QueueRow>> {
  const page = await ask<List<QueueRow>>('GET', '/queue', {
    query: queryOf(filters, cursor, PAGE),
    signal,
  });
  if (page.total != null) {
    place.total = page.total;
    place.more = page.more ?? false;
  }
  chain(place, index, page.next);
  return page;
}

/** As many rows as the list makes room for. */
function countOf(place: Place, counted: number): number {
  if (place.total === null) return counted;
  return place.more ? Math.max(place.total, counted) : place.total;
}

export interface Rows {
  /** How many there are, as far as is known. */
  count: number;
  total: number | null;
  more: boolean;
  at: (index: number) => QueueRow | undefined;
  loaded: QueueRow[];
  isPending: boolean;
  isFetching: boolean;
  error: unknown;
  refetch: () => void;
}

/** The rows of a question: those in sight, and the one under the hand. */
export function useRows(filters: Filters, sight: string, current: number): Rows {
  const key = keyOf(filters);
  const place = placeOf(key);
  const pages = wanted(place, pagesOf(sight, current));
  const answers = useQueries({
    queries: pages.map((index) => {
      const cursor = place.cursors[index] ?? null;
      return {
        queryKey: ['queue', key, index, cursor],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          fetchPage(filters, place, index, cursor, signal),
        gcTime: 60_000,
        placeholderData: keepPreviousData,
      };
    }),
  });
  const first = answers[0];
  const byPage = new Map(pages.map((page, at) => [page, answers[at]?.data?.items]));
  const known = place.cursors.length;
  const last = byPage.get(known - 1);
  const counted = (known - 1) * PAGE + (last ? last.length : PAGE);
  return {
    count: first?.data ? countOf(place, counted) : 0,
    total: place.total,
    more: place.more,
    at: (index) => byPage.get(Math.floor(index / PAGE))?.[index % PAGE],
    loaded: [...byPage.values()].flatMap((items) => items ?? []),
    isPending: first?.isPending ?? true,
    isFetching: answers.some(({ isFetching }) => isFetching),
    error: first?.data ? null : first?.error,
    refetch: () => {
      for (const answer of answers) void answer.refetch();
    },
  };
}
