// Who is signed in, and what they may do. The server decides every time; what is known here only
// keeps a screen from offering what would be refused.
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { ask, carryCsrf } from '@/api/client';
import { Problem } from '@/api/problem';
import { queries } from '@/api/queries';

export type Action =
  | 'read_consignment'
  | 'read_party'
  | 'read_plan'
  | 'draw_plan'
  | 'decide'
  | 'record_outcome'
  | 'read_measures'
  | 'read_model'
  | 'approve_model'
  | 'read_data'
  | 'mend_data'
  | 'read_message'
  | 'send_consignments'
  | 'ask_export'
  | 'approve_export'
  | 'read_journal'
  | 'administer'
  | 'set_capacity'
  | 'approve_capacity'
  | 'read_watchlist'
  | 'edit_watchlist'
  | 'read_rule'
  | 'edit_rule'
  | 'approve_rule';

export type Role =
  | 'targeting_officer'
  | 'inspector'
  | 'investigator'
  | 'analyst'
  | 'auditor'
  | 'administrator';

export interface Session {
  account: { id: string; name: string; display: string; language: string | null };
  grants: { role: Role; office: string }[];
  actions: Action[];
  /** Office codes, or only "*" for all. */
  offices: string[];
  csrf: string;
  expires_at: string;
  idle_until: string;
  totp: boolean;
}

/** The session of this browser; null when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  // An inspector's device has to open without a network, so it asks even when it looks in vain.
  networkMode: 'always',
  queryFn: async (): Promise<Session | null> => {
    try {
      return keep(await ask<Session>('GET', '/session'));
    } catch (error) {
      const { status } = Problem.of(error);
      if (status === 401) return null;
      const known = status === 0 ? lastOnDevice() : null;
      if (known) return known;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

const DEVICE = 'sumun.device';
/** How long a device that has no network goes on for the one who signed in last: a long shift. */
const DEVICE_MS = 16 * 3_600_000;

/** Who worked on this device last, if they record outcomes; without the token that writes need. */
function lastOnDevice(): Session | null {
  try {
    const kept = JSON.parse(localStorage.getItem(DEVICE) ?? 'null');
    return kept && Date.now() - kept.at < DEVICE_MS ? { ...kept.session, csrf: '' } : null;
  } catch {
    return null;
  }
}

/** Keeps a session that an answer brought. */
export function keep(session: Session): Session {
  carryCsrf(session.csrf);
  if (session.actions.includes('record_outcome')) {
    const kept = { at: Date.now(), session: { ...session, csrf: '' } };
    localStorage.setItem(DEVICE, JSON.stringify(kept));
  } else localStorage.removeItem(DEVICE);
  return session;
}

/** Who has just signed out: what stands on the page until the guard has led away draws as them. */
let parting: Session | null = null;

/** Everything of the last account goes, so that the next one sees none of it. */
export function forget(): void {
  parting = queries.getQueryData(sessionQuery.queryKey) ?? parting;
  carryCsrf('');
  localStorage.removeItem(DEVICE);
  queries.clear();
  queries.setQueryData(sessionQuery.queryKey, null);
}

export function begin(session: Session): void {
  parting = null;
  queries.clear();
  queries.setQueryData(sessionQuery.queryKey, keep(session));
}

/** The session of whoever sees this; screens behind the guard always have one. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  const session = data ?? parting;
  if (!session) throw new Error('a screen behind the guard was shown without a session');
  return session;
}

/** Whether the account may do this in some office. */
export function useMay(): (...actions: Action[]) => boolean {
  const { actions } = useSession();
  return (...wanted) => wanted.some((action) => actions.includes(action));
}
