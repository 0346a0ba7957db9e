// Watchlists: the hits that wait for an officer come first, then the names that are listed, the
// lists themselves, and a place to look a name up.
import { Tabs } from '@mantine/core';
import {
  IconEyeSearch,
  IconListDetails,
  IconTargetArrow,
  IconUserSearch,
} from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { Loading } from '@/parts/states';
import Hits from './hits';

const Lists = lazy(() => import('./lists'));
const Listings = lazy(() => import('./listings'));
const Lookup = lazy(() => import('./lookup'));

const TABS = ['hits', 'listings', 'lists', 'lookup'] as const;
type Tab = (typeof TABS)[number];

const ICONS = {
  hits: IconTargetArrow,
  listings: IconListDetails,
  lists: IconEyeSearch,
  lookup: IconUserSearch,
};

export interface Address {
  tab?: string | undefined;
  hit?: string | undefined;
  state?: string | undefined;
  watchlist?: string | undefined;
  listing?: string | undefined;
  kind?: string | undefined;
  q?: string | undefined;
}

export interface TabProps {
  address: Address;
  /** Changes the address; what is not named stays. */
  go: (change: Address, replace?: boolean) => void;
}

export default function Watchlists() {
  const { t } = useTranslation('watchlists');
  const address = useSearch({ strict: false }) as Address;
  const navigate = useNavigate();
  const tab = TABS.find((one) => one === address.tab) ?? 'hits';
  const go = useCallback(
    (change: Address, replace = true) =>
      void navigate({
        to: '/watchlists',
        search: ((now: Address) => ({ ...now, ...change })) as never,
        replace,
      }),
    [navigate],
  );
  return (
    <Page title={t('title')} about={t('about')} help={t('help')}>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) =>
          void navigate({ to: '/watchlists', search: { tab: value as Tab } as never })
        }
      >
        <Tabs.List>
          {TABS.map((one) => {
            const Icon = ICONS[one];
            return (
              <Tabs.Tab key={one} value={one} leftSection={<Icon size={18} aria-hidden />} h={44}>
                {t(`tab.${one}`)}
              </Tabs.Tab>
            );
          })}
        </Tabs.List>
        {TABS.map((one) => (
          <Tabs.Panel key={one} value={one} pt="md">
            <Suspense fallback={<Loading />}>
              {one === 'hits' && <Hits address={address} go={go} />}
              {one === 'listings' && <Listings address={address} go={go} />}
              {one === 'lists' && <Lists address={address} go={go} />}
              {one === 'lookup' && <Lookup go={go} />}
            </Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
