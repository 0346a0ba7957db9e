// The code lists of the server in both languages: reasons, modalities, lanes, places. Fetched once;
// a code that has no words is shown as it is.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { ask } from '@/api/client';
import { useFormat } from './format';
import type { Said } from './words';

export interface Code {
  code: string;
  said: Said;
}

export interface Codes {
  reason_codes: (Code & { acts: string[] })[];
  concealment_places: Code[];
  concealment_methods: Code[];
  detection_methods: Code[];
  not_examined_reasons: Code[];
  substances: Code[];
  units: Code[];
  modalities: Code[];
  lanes: Code[];
  channels: Code[];
}

export const codesQuery = queryOptions({
  queryKey: ['codes'],
  queryFn: () => ask<Codes>('GET', '/codes'),
  staleTime: Number.POSITIVE_INFINITY,
});

/** The lists, and how a code of one is said. */
export function useCodes() {
  const format = useFormat();
  const { data } = useQuery(codesQuery);
  const say = useCallback(
    (list: keyof Codes, code: string): string => {
      const found = data?.[list].find((one) => one.code === code);
      return found ? format.said(found.said) : code;
    },
    [data, format],
  );
  return { codes: data, say };
}
