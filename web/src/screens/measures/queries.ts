// What the measures ask of the server: estimates with their intervals, each for one target and one
// window of shifts. They change when outcomes come in, which events tell (`api/events.ts`).
import { queryOptions } from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { components } from '@/api/types';
import type { IntervalValue } from '@/app/format';
import type { Said } from '@/app/words';

export type Measures = components['schemas']['Measures'];
export type Period = components['schemas']['Period'];
export type Target = components['schemas']['Target'];
export type Regime = components['schemas']['Regime'];

export interface Window {
  target: Target;
  from: string | null;
  to: string | null;
  office: string | null;
}

export interface Capacity {
  officers_now: number;
  minutes_per_officer: number;
  days: number;
  points: {
    officers: number;
    inspections: number;
    finds: IntervalValue;
    share: IntervalValue | null;
  }[];
  assumptions: Said[];
}

export interface Calibration {
  bins: {
    low: number;
    high: number;
    predicted: number;
    observed: IntervalValue;
    n: number;
    inspected: number;
  }[];
  ece: number;
}

export interface Precision {
  points: { share: number; precision: IntervalValue; n: number; known: number }[];
  random: IntervalValue | null;
}

export interface Signal {
  office: string;
  regime: Regime;
  signal: string;
  value: number | null;
  limit: number;
  ringing: boolean;
  since: string | null;
  about: string | null;
  days: { day: string; value: number | null }[];
}

export interface Coverage {
  office: string;
  regime: Regime;
  arrived: number;
  screened: number;
  planned: number;
  inspected: number;
  share: number | null;
}

const staleTime = 5 * 60_000;

export const measuresQuery = ({ target, from, to }: Window) =>
  queryOptions({
    queryKey: ['measures', 'iceberg', target, from, to],
    queryFn: () => ask<Measures>('GET', '/measures', { query: { target, from, to } }),
    staleTime,
  });

export const capacityQuery = (
  { target, from, to, office }: Window,
  officers: number[],
  officers_now: number | null,
) =>
  queryOptions({
    queryKey: ['measures', 'capacity', target, from, to, office, officers, officers_now],
    queryFn: () =>
      ask<Capacity>('GET', '/measures/capacity', {
        query: { target, from, to, office, officers: officers.join(','), officers_now },
      }),
    staleTime,
    placeholderData: (before: Capacity | undefined) => before,
  });

export const calibrationQuery = ({ target, from, to, office }: Window) =>
  queryOptions({
    queryKey: ['measures', 'calibration', target, from, to, office],
    queryFn: () =>
      ask<Calibration>('GET', '/measures/calibration', { query: { target, from, to, office } }),
    staleTime,
  });

export const precisionQuery = ({ target, from, to, office }: Window) =>
  queryOptions({
    queryKey: ['measures', 'precision', target, from, to, office],
    queryFn: () =>
      ask<Precision>('GET', '/measures/precision', { query: { target, from, to, office } }),
    staleTime,
  });

export const driftQuery = (office: string | null) =>
  queryOptions({
    queryKey: ['drift', office],
    queryFn: async () =>
      (await ask<{ signals: Signal[] }>('GET', '/drift', { query: { office } })).signals,
    staleTime,
  });

export const coverageQuery = ({ from, to, office }: Window) =>
  queryOptions({
    queryKey: ['measures', 'coverage', from, to, office],
    queryFn: async () =>
      (
        await ask<{ offices: Coverage[] }>('GET', '/measures/coverage', {
          query: { from, to, office },
        })
      ).offices,
    staleTime,
  });
