// Rules: what officers know, written down, and what each of them earns. The list with scorecards,
// a rule's page, and the editor; which one it is lies in the address.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback } from 'react';
import { Loading } from '@/parts/states';
import { RuleList } from './list';

const Detail = lazy(() => import('./detail'));
const Editor = lazy(() => import('./editor'));

export interface Address {
  q?: string | undefined;
  state?: string | undefined;
  /** The rule that is opened. */
  rule?: string | undefined;
  /** The rule that is edited; empty for a new one. */
  edit?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
}

export type Go = (change: Address, replace?: boolean) => void;

export default function Rules() {
  const address = useSearch({ strict: false }) as Address;
  const navigate = useNavigate();
  const go = useCallback<Go>(
    (change, replace = true) =>
      void navigate({
        to: '/rules',
        search: ((now: Address) => ({ ...now, ...change })) as never,
        replace,
      }),
    [navigate],
  );
  const { rule, edit } = address;
  return (
    <Suspense fallback={<Loading />}>
      {edit !== undefined ? (
        <Editor key={edit} code={edit} go={go} />
      ) : rule !== undefined ? (
        <Detail key={rule} code={rule} address={address} go={go} />
      ) : (
        <RuleList address={address} go={go} />
      )}
    </Suspense>
  );
}
