// What the server says of itself to whoever has not signed in.
import { queryOptions } from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { Said } from '@/app/words';

export interface Welcome {
  /** Nobody has an account yet. */
  first_run: boolean;
  sso: { name: string; url: string } | null;
  version: string;
  demo: boolean;
  site: Said;
}

export const welcomeQuery = queryOptions({
  queryKey: ['welcome'],
  queryFn: () => ask<Welcome>('GET', '/welcome'),
});
