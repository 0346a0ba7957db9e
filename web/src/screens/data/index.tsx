// Data: who sends what and whether it comes, what could not be read and waits for a person, and a
// place to see what is understood of any message before it counts.
import { Tabs } from '@mantine/core';
import {
  IconAlertTriangle,
  IconContainer,
  IconFileSearch,
  IconInbox,
  IconPlugConnected,
} from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/app/session';
import { Page } from '@/parts/page';
import { Loading } from '@/parts/states';
import { Sources } from './sources';

const Messages = lazy(() => import('./messages'));
const Defects = lazy(() => import('./defects'));
const Boxes = lazy(() => import('./boxes'));
const Look = lazy(() => import('./look'));

const TABS = ['sources', 'defects', 'messages', 'boxes', 'look'] as const;
type Tab = (typeof TABS)[number];

const ICONS = {
  sources: IconPlugConnected,
  defects: IconAlertTriangle,
  messages: IconInbox,
  boxes: IconContainer,
  look: IconFileSearch,
};

export interface Address {
  tab?: string;
  source?: string;
  state?: string;
  record?: string;
  q?: string;
  defect?: string;
}

export default function Data() {
  const { t } = useTranslation('data');
  const may = useMay();
  const address = useSearch({ strict: false }) as Address;
  const navigate = useNavigate();
  const tabs = TABS.filter((tab) => tab !== 'look' || may('read_message'));
  const tab = tabs.find((one) => one === address.tab) ?? 'sources';
  const go = (change: Address, replace = true) =>
    void navigate({ to: '/data', search: { ...address, ...change } as never, replace });
  return (
    <Page title={t('title')} about={t('about')} help={t('help')}>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) => void navigate({ to: '/data', search: { tab: value as Tab } as never })}
      >
        <Tabs.List>
          {tabs.map((one) => {
            const Icon = ICONS[one];
            return (
              <Tabs.Tab key={one} value={one} leftSection={<Icon size={18} aria-hidden />} h={44}>
                {t(`tab.${one}`)}
              </Tabs.Tab>
            );
          })}
        </Tabs.List>
        {tabs.map((one) => (
          <Tabs.Panel key={one} value={one} pt="md">
            <Suspense fallback={<Loading />}>
              {one === 'sources' && (
                <Sources open={(source) => go({ tab: 'messages', source }, false)} />
              )}
              {one === 'messages' && <Messages address={address} go={go} />}
              {one === 'defects' && <Defects address={address} go={go} />}
              {one === 'boxes' && <Boxes address={address} go={go} />}
              {one === 'look' && <Look />}
            </Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
