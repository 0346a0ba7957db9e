// Deciding about consignments: one call for one or many, and what everything on screen that shows
// them must then show. The act's id is the caller's, so that the same press twice is one decision.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useCallback, useMemo } from 'react';
import { ask } from '@/api/client';
import type { Act, Decision, List, Modality, QueueRow } from '@/api/desk';
import { Problem } from '@/api/problem';
import type { Said } from '@/app/words';

export interface Order {
  id: string;
  act: Act;
  consignments: string[];
  reason_code: string;
  reason: string;
  modality?: Modality;
  question?: string;
  undoes?: string;
}

export interface Refused {
  consignment: string;
  code: string;
  said: string;
  next?: string | null;
}

export interface Decided {
  id: string;
  decisions: Decision[];
  refused: Refused[];
}

export interface Code {
  code: string;
  said: Said;
}

export interface ReasonCode extends Code {
  acts: Act[];
  needs_text?: boolean;
}

export interface Codes {
  reason_codes: ReasonCode[];
  modalities: Code[];
  lanes: Code[];
  channels: Code[];
}

/** The code lists of the office; they change with a release, not within a shift. */
export function useCodes() {
  return useQuery({
    queryKey: ['codes'],
    queryFn: () => ask<Codes>('GET', '/codes'),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The reasons that suit an act, those used last in this browser first. */
export function reasonsFor(codes: readonly ReasonCode[], act: Act, last: string[]): ReasonCode[] {
  const suiting = codes.filter(({ acts }) => acts.includes(act));
  const at = (code: string) => {
    const place = last.indexOf(code);
    return place < 0 ? last.length : place;
  };
  return suiting.sort((a, b) => at(a.code) - at(b.code));
}

const KEPT = 'sumun.reasons';
const MOST = 3;

export function lastReasons(act: Act): string[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Record<string, string[]>;
    return kept[act] ?? [];
  } catch {
    return [];
  }
}

export function keepReason(act: Act, code: string): void {
  const next = [code, ...lastReasons(act).filter((other) => other !== code)].slice(0, MOST);
  let kept: Record<string, string[]> = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Record<string, string[]>;
  } catch {
    // What is not readable is begun anew.
  }
  localStorage.setItem(KEPT, JSON.stringify({ ...kept, [act]: next }));
}

/** Where nothing could be decided, that too is an answer: every one refused, with its reason. */
async function send(order: Order): Promise<Decided> {
  try {
    return await ask<Decided>('POST', '/decisions', {
      body: order,
      headers: { 'Idempotency-Key': order.id },
    });
  } catch (error) {
    const problem = Problem.of(error);
    const refused = problem.body.refused;
    if (problem.code !== 'nothing_decided' || !Array.isArray(refused)) throw error;
    return { id: order.id, decisions: [], refused: refused as Refused[] };
  }
}

/** A refusal in the officer's language, where its kind is known here. */
export function refusalWords(refused: Refused, t: TFunction): string {
  const said = `desk:refusal.${refused.code}`;
  const words = t(said, { defaultValue: '' });
  return words || [refused.said, refused.next].filter(Boolean).join(' ');
}

/** Sends a decision, and writes it into whatever this browser shows of its consignments. */
export function useDecide(): (order: Order) => Promise<Decided> {
  const client = useQueryClient();
  return useCallback(
    async (order: Order) => {
      const decided = await send(order);
      const made = new Map(decided.decisions.map((one) => [one.consignment, one]));
      client.setQueriesData<List<QueueRow>>({ queryKey: ['queue'] }, (page) => {
        if (!page?.items?.some(({ consignment }) => made.has(consignment))) return page;
        return { ...page, items: page.items.map((row) => withDecision(row, made)) };
      });
      void client.invalidateQueries({ queryKey: ['today'] });
      void client.invalidateQueries({ queryKey: ['consignment'] });
      return decided;
    },
    [client],
  );
}

function withDecision(row: QueueRow, made: ReadonlyMap<string, Decision>): QueueRow {
  const decision = made.get(row.consignment);
  if (!decision) return row;
  return { ...row, decision: decision.act === 'undo' ? null : decision };
}

/** The other way than the plan's: what was drawn is waived, what was not is inspected. */
export function overrideOf(row: { drawn: boolean }): Act {
  return row.drawn ? 'waive' : 'inspect';
}

/** Acts in the order in which they are offered. */
export const ACTS = ['hold', 'ask', 'inspect', 'waive', 'release'] as const;
export type Offered = (typeof ACTS)[number];

export const ACT_KEYS: Record<Offered, string> = {
  hold: 'h',
  ask: 'a',
  inspect: 'i',
  waive: 'w',
  release: 'r',
};

/** A summary of many answers: how many were done, and the refusals by their reason. */
export function useSummary(decided: Decided | null) {
  return useMemo(() => {
    const groups = new Map<string, Refused[]>();
    for (const refused of decided?.refused ?? []) {
      groups.set(refused.code, [...(groups.get(refused.code) ?? []), refused]);
    }
    return { done: decided?.decisions.length ?? 0, groups: [...groups.values()] };
  }, [decided]);
}
