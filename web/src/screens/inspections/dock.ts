// The inspector's side of this browser in one place: it keeps the list for when the network goes,
// knows how far every report has come, and empties the outbox whenever it may: after a record, when
// the network or the person comes back, and when a pause ends. One tab sends at a time.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { ask } from '@/api/client';
import { Problem } from '@/api/problem';
import { queries } from '@/api/queries';
import { officesQuery } from '@/app/office';
import { sessionQuery, useSession } from '@/app/session';
import { type Ended, sendWaiting, type Wire } from './sender';
import type { Answer, Codes, Entry, KeptList, Report, ShiftList } from './shapes';
import { dock, listKey } from './store';

const wire: Wire = {
  upload: (photo) =>
    ask('PUT', `/photos/${photo.sha256}`, {
      body: photo.bytes,
      headers: { 'Content-Type': photo.type },
    }),
  report: (report) =>
    ask<Answer>('POST', '/inspections', {
      body: report,
      headers: { 'Idempotency-Key': report.id },
    }),
};

interface Standing {
  entries: Entry[];
  /** Why the last sending ended. */
  ended: Ended | null;
  sending: boolean;
}

let standing: Standing = { entries: [], ended: null, sending: false };
const watchers = new Set<() => void>();
const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('sumun-dock');

function stand(change: Partial<Standing>): void {
  standing = { ...standing, ...change };
  for (const watcher of watchers) watcher();
}

async function look(): Promise<void> {
  stand({ entries: await (await dock()).entries() });
}

/** Something in the store changed: this tab and the others look again. */
async function tell(): Promise<void> {
  await look();
  others?.postMessage('changed');
}

others?.addEventListener('message', () => void look());

let timer: ReturnType<typeof setTimeout> | undefined;

/** Whether this person is signed in now; the token of before the network went is gone. */
async function freshSession(account: string): Promise<boolean> {
  const known = queries.getQueryData(sessionQuery.queryKey);
  const staleTime = known?.csrf ? 60_000 : 0;
  const session = await queries.fetchQuery({ ...sessionQuery, staleTime }).catch(() => null);
  return session?.account.id === account && session.csrf !== '';
}

async function empty(account: string): Promise<void> {
  if (standing.sending) return;
  const store = await dock();
  const mine = (await store.entries()).filter((one) => one.account === account);
  if (!mine.some(({ state }) => state === 'waiting' || state === 'sending')) return look();
  stand({ sending: true });
  const work = async (): Promise<Ended> => {
    // Whoever holds the lock is the only sender, so what is marked so was left by a dead page.
    await store.recover(account);
    if (!(await freshSession(account))) {
      return queries.getQueryData(sessionQuery.queryKey) ? 'offline' : 'sign_in';
    }
    const watching = setInterval(() => void look(), 400);
    try {
      return await sendWaiting(store, account, wire);
    } finally {
      clearInterval(watching);
    }
  };
  let ended: Ended | null = null;
  try {
    ended = navigator.locks
      ? await navigator.locks.request('sumun-outbox', { ifAvailable: true }, (lock) =>
          lock ? work() : null,
        )
      : await work();
  } finally {
    stand({ sending: false, ended });
    await tell();
  }
  if (ended === 'done' || ended === 'later') {
    void queries.invalidateQueries({ queryKey: ['inspections'] });
  }
  again(account);
}

/** Wakes when the first pause ends. */
function again(account: string): void {
  clearTimeout(timer);
  const pauses = standing.entries
    .filter((one) => one.account === account && one.state === 'waiting')
    .map((one) => one.next_try_at - Date.now());
  if (pauses.length === 0 || standing.ended === 'sign_in') return;
  timer = setTimeout(() => void empty(account), Math.max(1_000, Math.min(...pauses)));
}

export interface Outbox extends Standing {
  /** Reports of this account; others' are counted only. */
  mine: Entry[];
  foreign: number;
  record(report: Report, reference: string): Promise<void>;
  insist(id: string): Promise<void>;
  discard(id: string): Promise<void>;
  send(): void;
}

export function useOutbox(): Outbox {
  const { account } = useSession();
  const now = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => standing,
  );
  const send = useCallback(() => void empty(account.id), [account.id]);
  useEffect(() => {
    send();
    const seen = () => document.visibilityState === 'visible' && send();
    window.addEventListener('online', send);
    document.addEventListener('visibilitychange', seen);
    return () => {
      window.removeEventListener('online', send);
      document.removeEventListener('visibilitychange', seen);
      clearTimeout(timer);
    };
  }, [send]);
  return {
    ...now,
    mine: now.entries.filter((one) => one.account === account.id),
    foreign: now.entries.filter((one) => one.account !== account.id && one.state !== 'sent').length,
    send,
    async record(report, reference) {
      await (await dock()).enqueue(report, { account: account.id, reference, now: Date.now() });
      await tell();
      send();
    },
    async insist(id) {
      await (await dock()).insist(id, Date.now());
      await tell();
      send();
    },
    async discard(id) {
      await (await dock()).discard(id);
      await tell();
    },
  };
}

export interface Wanted {
  office: string | null;
  day: string | null;
  shift: string | null;
}

/** The office when none is chosen: the account's only or first one. */
async function firstOffice(offices: string[]): Promise<string> {
  const [own] = offices;
  if (own && own !== '*') return own;
  const [first] = await queries.fetchQuery({
    ...officesQuery,
    networkMode: 'always',
    retry: false,
  });
  return first?.code ?? '';
}

/** The newest day with work, where the server tells it, else the day it is. */
async function newestDay(office: string): Promise<string> {
  try {
    return (await ask<{ day: string }>('GET', '/today', { query: { office } })).day;
  } catch (error) {
    if (Problem.of(error).status === 0) throw error;
    return new Date().toLocaleDateString('sv');
  }
}

/** The list, from the server or, without a network, as it was last seen. */
export function useShiftList({ office, day, shift }: Wanted) {
  const { account, offices } = useSession();
  return useQuery({
    queryKey: ['inspections', account.id, office, day, shift],
    networkMode: 'always',
    retry: false,
    queryFn: async (): Promise<KeptList & { kept: boolean }> => {
      const key = listKey(account.id, office ?? '', day ?? '', shift ?? '');
      const store = await dock();
      try {
        const at = office ?? (await firstOffice(offices));
        const on = day ?? (await newestDay(at));
        const list = await ask<ShiftList>('GET', '/inspections', {
          query: { office: at, day: on, shift },
        });
        const now = Date.now();
        const whole = { ...list, day: on };
        await store.keepList(key, account.id, whole, now);
        return { key, account: account.id, fetched_at: now, list: whole, kept: false };
      } catch (error) {
        if (Problem.of(error).status !== 0) throw error;
        const kept = await store.list(key);
        if (!kept) throw error;
        return { ...kept, kept: true };
      }
    },
  });
}

/** The code lists of the form; the same without a network. */
export function useCodes() {
  return useQuery({
    queryKey: ['codes'],
    networkMode: 'always',
    staleTime: 60 * 60_000,
    retry: false,
    queryFn: async (): Promise<Codes> => {
      const store = await dock();
      try {
        const codes = await ask<Codes>('GET', '/codes');
        await store.keepCodes(codes);
        return codes;
      } catch (error) {
        const kept = Problem.of(error).status === 0 ? await store.codes() : undefined;
        if (!kept) throw error;
        return kept;
      }
    },
  });
}
