// Models and their lives, as the server keeps them. A model is never steered from here without a
// reason, and the server asks for as many persons as the site has settled.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { components } from '@/api/types';
import type { Reasoned } from '@/parts/reason-dialog';

export type Model = components['schemas']['Model'];
export type ModelDetail = components['schemas']['ModelDetail'];
export type Metrics = components['schemas']['Metrics'];
export type Judged = components['schemas']['Judged'];
export type Comparison = components['schemas']['Comparison'];
export type Target = components['schemas']['Target'];

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: async () => (await ask<{ items: Model[] }>('GET', '/models')).items,
});

export const modelQuery = (id: string) =>
  queryOptions({
    queryKey: ['models', id],
    queryFn: () => ask<ModelDetail>('GET', `/models/${id}`),
  });

export const comparisonQuery = (id: string, target: Target) =>
  queryOptions({
    queryKey: ['models', id, 'comparison', target],
    queryFn: () => ask<Comparison>('GET', `/models/${id}/comparison`, { query: { target } }),
    staleTime: 5 * 60_000,
  });

export type Act = 'approve' | 'shadow' | 'end_shadow' | 'roll_back' | 'stop';

const PATHS: Record<Act, (id: string) => string> = {
  approve: (id) => `/models/${id}/approve`,
  shadow: (id) => `/models/${id}/shadow`,
  end_shadow: (id) => `/models/${id}/shadow`,
  roll_back: () => '/models/rollback',
  stop: () => '/models/stop',
};

export function useSteer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ act, id, reasoned }: { act: Act; id: string; reasoned: Reasoned }) =>
      ask<Model>('POST', PATHS[act](id), {
        body: { reason: reasoned.reason, ...(act === 'end_shadow' ? { end: true } : {}) },
        headers: { 'Idempotency-Key': reasoned.id },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['models'] }),
  });
}
