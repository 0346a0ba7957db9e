// The office's own affairs: accounts, tokens, offices and shifts, capacity, settings, rights. Each
// part is a tab with an address of its own; who may not change a part does not see it.
import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Action, useMay } from '@/app/session';
import { Page } from '@/parts/page';
import { Accounts } from './accounts';
import { Capacities } from './capacities';
import { Offices } from './offices';
import { Rights } from './rights';
import { Settings } from './settings';
import { Tokens } from './tokens';

const TABS: { name: string; needs: Action[]; part: () => React.ReactNode }[] = [
  { name: 'accounts', needs: ['administer'], part: () => <Accounts /> },
  {
    name: 'capacities',
    needs: ['set_capacity', 'approve_capacity', 'administer'],
    part: () => <Capacities />,
  },
  { name: 'offices', needs: ['administer'], part: () => <Offices /> },
  { name: 'tokens', needs: ['administer'], part: () => <Tokens /> },
  { name: 'settings', needs: ['administer'], part: () => <Settings /> },
  {
    name: 'rights',
    needs: ['administer', 'set_capacity', 'approve_capacity'],
    part: () => <Rights />,
  },
];

export default function Admin() {
  const { t } = useTranslation('admin');
  const may = useMay();
  const navigate = useNavigate();
  const search: Record<string, unknown> = useSearch({ strict: false });
  const tabs = TABS.filter(({ needs }) => may(...needs));
  const tab = tabs.find(({ name }) => name === search.tab) ?? tabs[0];
  return (
    <Page title={t('title')} about={t('about')}>
      <Tabs
        value={tab?.name ?? null}
        onChange={(name) => void navigate({ to: '/admin', search: { tab: name } as never })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {tabs.map(({ name }) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ name, part: Part }) => (
          <Tabs.Panel key={name} value={name}>
            <Part />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
