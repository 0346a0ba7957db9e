// Who is behind the names: a search over everyone who was ever declared, and a page for each. Both
// lie in the address, so a link shows a colleague with the same rights the same thing.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { EntityView } from './entity';
import { Search } from './search';

export interface Address {
  q?: string | undefined;
  victims?: string | number | undefined;
  entity?: string | undefined;
  record?: string | undefined;
  other?: string | undefined;
}

export type Go = (change: Address, replace?: boolean) => void;

export default function Entities() {
  const address = useSearch({ strict: false }) as Address;
  const navigate = useNavigate();
  const go = useCallback<Go>(
    (change, replace = true) =>
      void navigate({
        to: '/entities',
        search: ((now: Address) => ({ ...now, ...change })) as never,
        replace,
      }),
    [navigate],
  );
  return address.entity ? (
    <EntityView key={address.entity} id={address.entity} address={address} go={go} />
  ) : (
    <Search address={address} go={go} />
  );
}
