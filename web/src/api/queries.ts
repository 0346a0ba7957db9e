// The one store of what was fetched. Keys begin with the noun of what they hold (`['queue', …]`,
// `['consignment', id]`), because events name nouns: see `events.ts`.
import { QueryClient } from '@tanstack/react-query';
import { Problem } from './problem';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: true,
      // What was refused will be refused again; only what did not arrive is tried again.
      retry: (count, error) => {
        const { status } = Problem.of(error);
        return count < 2 && (status === 0 || status === 503);
      },
    },
    mutations: { retry: false },
  },
});
