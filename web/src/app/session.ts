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
  queryFn: async (): Promise<Session | null> => {
    try {
      return keep(await ask<Session>('GET', '/session'));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

/** Keeps a session that an answer brought. */
export function keep(session: Session): Session {
  carryCsrf(session.csrf);
  return session;
}

/** Everything of the last account goes, so that the next one sees none of it. */
export function forget(): void {
  carryCsrf('');
  queries.clear();
  queries.setQueryData(sessionQuery.queryKey, null);
}

export function begin(session: Session): void {
  queries.clear();
  queries.setQueryData(sessionQuery.queryKey, keep(session));
}

/** The session of whoever sees this; screens behind the guard always have one. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  if (!data) throw new Error('a screen behind the guard was shown without a session');
  return data;
}

/** Whether the account may do this in some office. */
export function useMay(): (...actions: Action[]) => boolean {
  const { actions } = useSession();
  return (...wanted) => wanted.some((action) => actions.includes(action));
}
