// Fetching one consignment with everything known about it. The key begins with `consignment`, so
// that a decision or an outcome elsewhere makes it stale.
import { queryOptions } from '@tanstack/react-query';
import { ask } from '@/api/client';
import type { Dossier } from '@/api/desk';

export const dossierQuery = (id: string) =>
  queryOptions({
    queryKey: ['consignment', id],
    queryFn: ({ signal }) =>
      ask<Dossier>('GET', `/consignments/${encodeURIComponent(id)}/dossier`, { signal }),
  });
