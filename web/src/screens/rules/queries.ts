// Rules and their versions, scorecards and backtests, as the server keeps them. A rule is never
// edited in place: what is saved is a new draft, and each step of its life takes a reason.
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { Lane, List, Modality } from '@/api/desk';
import type { IntervalValue } from '@/app/format';
import type { Said } from '@/app/words';
import type { Reasoned } from '@/parts/reason-dialog';

export type RuleState = 'draft' | 'shadow' | 'in_force' | 'expired' | 'retired' | 'replaced';
export type RuleVerdict = 'earns' | 'weak' | 'unsure' | 'young';

export interface RuleDraft {
  id?: string;
  code: string;
  owner: string;
  officer: Said;
  outward: Said;
  legal_basis: string;
  lane: Lane;
  modality: Modality | null;
  offices: string[];
  valid_from: string;
  valid_until: string;
  review_on: string;
  condition: string;
}

export interface RuleVersion extends Omit<RuleDraft, 'id'> {
  version: number;
  state: RuleState;
  drafted_by: string;
  drafted_at: string;
  shadow_by?: string | null;
  shadow_at?: string | null;
  approved_by?: string | null;
  approved_at?: string | null;
  ended_by?: string | null;
  ended_at?: string | null;
}

export interface Scorecard {
  fired: number;
  fired_shadow: number;
  waiting: number;
  examined: number;
  examined_drawn: number;
  finds: number;
  minutes: number;
  minutes_per_find?: number | null;
  precision?: IntervalValue | null;
  random?: IntervalValue | null;
  lift?: IntervalValue | null;
  last_find?: string | null;
  first_fired?: string | null;
  last_fired?: string | null;
  verdict: RuleVerdict;
}

export interface RuleSummary {
  code: string;
  state: RuleState;
  version: RuleVersion;
  newest: number;
  scorecard: Scorecard;
  review_due: boolean;
  weak: boolean;
}

export interface RuleDetail {
  summary: RuleSummary;
  versions: (RuleVersion & { toml: string })[];
  life: { at: string; by: string; act: string; version: number; reason?: string | null }[];
  days: { day: string; fired: number; shadow: number }[];
  may: { edit: boolean; approve: boolean };
}

export interface RuleDiff {
  from: number;
  to: number;
  fields: { field: string; from: string; to: string }[];
}

export interface RuleHit {
  consignment: string;
  version: number;
  shadow: boolean;
  arrived: string;
  office: string;
  why: { field: string; value?: string | null }[];
  fate: string;
  outcome?: string | null;
}

/** A rule that fired on one consignment. */
export interface ConsignmentHit {
  rule: string;
  version: number;
  shadow: boolean;
  lane: Lane;
  officer: Said;
  fired_at: string;
  why: { field: string; value?: string | null }[];
}

export interface CatalogueField extends Said {
  path: string;
  kind: 'text' | 'number' | 'flag';
  example: string;
  group: string;
  past: boolean;
  /** The words that its text is one of, where they are few. */
  values: string[];
}

export interface CatalogueIndicator extends Said {
  code: string;
  condition: string;
  fields: string[];
}

export interface CatalogueFunction extends Said {
  name: string;
  sign: string;
}

export interface Catalogue {
  fields: CatalogueField[];
  indicators: CatalogueIndicator[];
  functions: CatalogueFunction[];
  limits: { characters: number; depth: number };
}

export interface ConditionFault {
  code: string;
  message: Said;
  suggestion?: string | null;
  from: number;
  to: number;
  line: number;
  column: number;
}

export interface Sample {
  consignments: number;
  days: number;
  first: string;
  last: string;
  fired: number;
  share: number;
  per_day: number;
  minutes_per_day: number;
  finds: number;
  examined: number;
}

export interface Checked {
  ok: boolean;
  errors: ConditionFault[];
  reads: string[];
  indicators: string[];
  sample?: Sample | null;
}

export interface BacktestAsked {
  condition: string;
  offices: string[];
  modality: Modality | null;
  code?: string;
}

export interface Backtest {
  first?: string | null;
  last?: string | null;
  days: number;
  consignments: number;
  fired: number;
  fired_per_day: number;
  by_day: { day: string; fired: number }[];
  minutes_each: number;
  minutes_per_day: number;
  capacity_minutes_per_day?: number | null;
  capacity_share?: number | null;
  value?: {
    planned: number;
    known: number;
    finds: IntervalValue;
    model: number;
    effective: number;
    precision?: IntervalValue | null;
    random?: IntervalValue | null;
    lift?: IntervalValue | null;
    found_already: number;
  } | null;
  overlap: {
    rules: { code: string; version: number; both: number; share: number }[];
    drawn: number;
    drawn_share: number;
    model_core: number;
    model_core_share: number;
    only_this: number;
  };
  milliseconds: number;
}

export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: async () => (await ask<List<RuleSummary>>('GET', '/rules')).items,
});

const at = (code: string) => `/rules/${encodeURIComponent(code)}`;

export const ruleQuery = (code: string) =>
  queryOptions({
    queryKey: ['rules', 'one', code],
    queryFn: () => ask<RuleDetail>('GET', at(code)),
  });

export const diffQuery = (code: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['rules', 'one', code, 'diff', from, to],
    queryFn: () => ask<RuleDiff>('GET', `${at(code)}/diff`, { query: { from, to } }),
  });

export const hitsQuery = (code: string, version: number) =>
  infiniteQueryOptions({
    queryKey: ['rules', 'one', code, 'hits', version],
    queryFn: ({ pageParam }) =>
      ask<List<RuleHit>>('GET', `${at(code)}/hits`, {
        query: { version, limit: 100, cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next ?? null,
  });

export const firedOnQuery = (consignment: string) =>
  queryOptions({
    queryKey: ['rules', 'on', consignment],
    queryFn: async () =>
      (
        await ask<List<ConsignmentHit>>(
          'GET',
          `/consignments/${encodeURIComponent(consignment)}/hits`,
        )
      ).items,
  });

export const catalogueQuery = queryOptions({
  queryKey: ['rules', 'catalogue'],
  queryFn: () => ask<Catalogue>('GET', '/rules/catalogue'),
  staleTime: 60 * 60_000,
});

/** Asked as somebody types; what was asked before is given up. */
export const checkQuery = (condition: string, offices: string[], modality: Modality | null) =>
  queryOptions({
    queryKey: ['rules', 'check', condition, offices, modality],
    queryFn: async ({ signal }) => ({
      of: condition,
      ...(await ask<Checked>('POST', '/rules/check', {
        body: { condition, offices, modality, sample: true },
        signal,
      })),
    }),
    enabled: condition.trim() !== '',
    placeholderData: (before) => before,
    staleTime: 60_000,
  });

export const backtestQuery = (asked: BacktestAsked) =>
  queryOptions({
    queryKey: ['rules', 'backtest', asked],
    queryFn: ({ signal }) => ask<Backtest>('POST', '/rules/backtest', { body: asked, signal }),
    staleTime: 10 * 60_000,
  });

export type Act = 'shadow' | 'approve' | 'retire';

function useStale() {
  const client = useQueryClient();
  return async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: ['rules'], exact: true }),
      client.invalidateQueries({ queryKey: ['rules', 'one'] }),
    ]);
  };
}

export function useSteer() {
  const stale = useStale();
  return useMutation({
    mutationFn: (order: { act: Act; code: string; version: number; reasoned: Reasoned }) => {
      const { act, code, version, reasoned } = order;
      return ask<RuleVersion>('POST', `${at(code)}/${act}`, {
        body: { version, reason: reasoned.reason },
        headers: { 'Idempotency-Key': reasoned.id },
      });
    },
    onSuccess: stale,
  });
}

export function useDraft() {
  const stale = useStale();
  return useMutation({
    mutationFn: (draft: RuleDraft) => ask<RuleVersion>('POST', '/rules', { body: draft }),
    onSuccess: stale,
  });
}

export function useImport() {
  const stale = useStale();
  return useMutation({
    mutationFn: (order: { id: string; toml: string }) =>
      ask<RuleVersion>('POST', '/rules/import', {
        body: order,
        headers: { 'Idempotency-Key': order.id },
      }),
    onSuccess: stale,
  });
}
