// Every screen on one page: its address, its sign, and who may see it. A screen's page is
// `screens/<name>/index.tsx`, fetched when it is first opened; one that has no page yet is neither
// in the navigation nor an address.
import {
  IconAdjustments,
  IconBook2,
  IconBuildingWarehouse,
  IconChartBar,
  IconChecklist,
  IconDatabaseImport,
  IconEyeSearch,
  IconFileExport,
  IconGauge,
  IconListSearch,
  IconScale,
  IconUsersGroup,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Action } from './session';

type Page = { default: ComponentType };

const pages = import.meta.glob<Page>('../screens/*/index.tsx');

/** The page of a screen, if it has one. */
export function pageOf(name: string): (() => Promise<Page>) | undefined {
  return pages[`../screens/${name}/index.tsx`];
}

export interface Screen {
  /** Folder under `screens/`, file under `words/`, and key under `nav` in `shell.json`. */
  name: string;
  path: string;
  icon: typeof IconGauge;
  /** One of these actions opens it. */
  needs: Action[];
  group: 'work' | 'insight' | 'office';
}

const all: Screen[] = [
  { name: 'today', path: '/', icon: IconGauge, needs: ['read_plan'], group: 'work' },
  { name: 'queue', path: '/queue', icon: IconListSearch, needs: ['read_plan'], group: 'work' },
  {
    name: 'inspections',
    path: '/inspections',
    icon: IconChecklist,
    needs: ['record_outcome'],
    group: 'work',
  },
  { name: 'rules', path: '/rules', icon: IconAdjustments, needs: ['read_rule'], group: 'work' },
  {
    name: 'watchlists',
    path: '/watchlists',
    icon: IconEyeSearch,
    needs: ['read_watchlist'],
    group: 'work',
  },
  {
    name: 'entities',
    path: '/entities',
    icon: IconUsersGroup,
    needs: ['read_party'],
    group: 'work',
  },
  {
    name: 'exports',
    path: '/exports',
    icon: IconFileExport,
    needs: ['ask_export', 'approve_export'],
    group: 'work',
  },
  {
    name: 'measures',
    path: '/measures',
    icon: IconChartBar,
    needs: ['read_measures'],
    group: 'insight',
  },
  { name: 'models', path: '/models', icon: IconScale, needs: ['read_model'], group: 'insight' },
  {
    name: 'data',
    path: '/data',
    icon: IconDatabaseImport,
    needs: ['read_data'],
    group: 'insight',
  },
  {
    name: 'admin',
    path: '/admin',
    icon: IconBuildingWarehouse,
    needs: ['administer', 'set_capacity', 'approve_capacity'],
    group: 'office',
  },
  { name: 'journal', path: '/journal', icon: IconBook2, needs: ['read_journal'], group: 'office' },
];

/** The screens that are there. */
export const screens: Screen[] = all.filter(({ name }) => pageOf(name) !== undefined);

/** Those an account may open, in the order of the navigation. */
export function openTo(actions: Action[]): Screen[] {
  return screens.filter(({ needs }) => needs.some((action) => actions.includes(action)));
}

/** Where an account begins: an inspector at the list of inspections, an administrator at the
    accounts, everyone else at the first. */
export function homeOf(actions: Action[]): string {
  const open = openTo(actions);
  if (actions.includes('administer')) return '/admin';
  const inspects = actions.includes('record_outcome') && !actions.includes('decide');
  const inspections = open.find(({ name }) => name === 'inspections');
  return (inspects && inspections ? inspections : open[0])?.path ?? '/account';
}

export const GROUPS = ['work', 'insight', 'office'] as const;
