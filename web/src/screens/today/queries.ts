// Fetching the day: shifts, tiles and alerts of the office in the bar above, and the consignment
// that is next in each shift. Events make both stale, so the screen follows what happens.
import { queryOptions } from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { IntervalValue, Lane, List, QueueRow, Regime } from '@/api/desk';
import type { Said } from '@/app/words';

export interface TodayShift {
  plan: string;
  office: string;
  shift: string;
  regime: Regime;
  candidates: number;
  drawn: number;
  minutes: number;
  minutes_available: number;
  done: number;
  held: number;
  asked: number;
  waived: number;
  found: number;
  released_at: string | null;
  lanes: Record<Lane, number>;
  expected_finds: IntervalValue | null;
}

export interface Alert {
  kind: string;
  severity: 'bad' | 'warn' | 'note';
  office: string | null;
  regime: Regime | null;
  since: string | null;
  said: Said;
  link: string | null;
}

export interface TodayValue {
  day: string;
  offices: string[];
  shifts: TodayShift[];
  tiles: {
    arrived: number;
    screened: number;
    waiting: number;
    planned: number;
    done: number;
    held: number;
    found: number;
    found_share: IntervalValue | null;
    missed: IntervalValue | null;
  };
  alerts: Alert[];
}

export const todayQuery = (office: string | null) =>
  queryOptions({
    queryKey: ['today', office],
    queryFn: ({ signal }) => ask<TodayValue>('GET', '/today', { query: { office }, signal }),
    refetchInterval: 60_000,
  });

/** The first consignment of a shift that is still to be inspected. */
export const nextQuery = (plan: string) =>
  queryOptions({
    queryKey: ['today', 'next', plan],
    queryFn: async ({ signal }) => {
      const page = await ask<List<QueueRow>>('GET', '/queue', {
        query: { plan, state: 'to_do', sort: 'rank', limit: 1 },
        signal,
      });
      return page.items[0] ?? null;
    },
  });
