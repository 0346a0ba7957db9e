// Rules and their versions, scorecards and backtests, as the server keeps them. A rule is never
// edited in place: what is saved is a new draft, and each step of its life takes a reason.
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { List, Modality } from '@/api/desk';
import type { components } from '@/api/types';
import type { Reasoned } from '@/parts/reason-dialog';

type Schemas = components['schemas'];
export type RuleState =
  | 'draft'
  | 'shadow'
  | 'approved'
  | 'in_force'
  | 'expired'
  | 'retired'
  | 'replaced';
export type RuleVerdict = 'earns' | 'weak' | 'unsure' | 'young';

/** With the words that a state, a verdict and a kind are one of. */
type Worded<T, Words> = Omit<T, keyof Words> & Words;

export type RuleDraft = Worded<
  Schemas['RuleDraft'],
  { offices: string[]; modality: Modality | null }
>;
export type RuleVersion = Worded<Schemas['RuleVersion'], { state: RuleState }>;
export type Scorecard = Worded<Schemas['Scorecard'], { verdict: RuleVerdict }>;
export type RuleSummary = Worded<
  Schemas['RuleSummary'],
  { state: RuleState; version: RuleVersion; scorecard: Scorecard }
>;
export type RuleDetail = Worded<
  Schemas['RuleDetail'],
  { summary: RuleSummary; versions: (RuleVersion & { toml: string })[] }
>;
export type RuleDiff = Schemas['RuleDiff'];
export type RuleHit = Schemas['RuleHit'];
/** A rule that fired on one consignment. */
export type ConsignmentHit = Schemas['ConsignmentHit'];
export type Catalogue = Schemas['RuleCatalogue'];
export type ConditionFault = Schemas['RuleMistake'];
export type Sample = Schemas['RuleSample'];
export type Checked = Schemas['RuleChecked'];
export type BacktestAsked = Schemas['RuleTrial'];
export type Backtest = Schemas['RuleBacktest'];

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
