// What stands around every screen: the bar above with the office, the navigation beside it (below,
// on a tablet), the line to the server, and the way to everything by keyboard.
import { Menu, Tooltip, UnstyledButton } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import {
  IconChevronDown,
  IconCloud,
  IconCloudOff,
  IconKeyboard,
  IconLogout,
  IconMap,
  IconRefresh,
  IconSearch,
  IconUserCircle,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useMatches, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { type Connection, type Happened, useEvents } from '@/api/events';
import { Problem } from '@/api/problem';
import { Loading } from '@/parts/states';
import { welcomeQuery } from '@/screens/login/queries';
import { KeyboardHelp, useKeys } from './keys';
import { Logo } from './logo';
import { isLookOpen, keepLook } from './look';
import { OfficePicker, OfficeProvider } from './office';
import { GROUPS, openTo } from './screens';
import { forget, useMay, useSession } from './session';
import styles from './shell.module.css';
import { toast } from './toasts';
import { LanguageToggle, ThemeToggle } from './toggles';

const FirstLook = lazy(() => import('./first-look'));
const Palette = lazy(() => import('./palette'));
const Leaving = lazy(() => import('@/screens/inspections/leaving'));

export function Shell() {
  return (
    <OfficeProvider>
      <Frame />
    </OfficeProvider>
  );
}

function Frame() {
  const { t } = useTranslation();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const { data: welcome } = useQuery(welcomeQuery);
  const [look, setLook] = useState(isLookOpen);
  const showLook = (open: boolean) => {
    keepLook(open);
    setLook(open);
  };
  const navigate = useNavigate();
  const openPalette = useCallback(() => setPalette(true), []);
  const openHelp = useCallback(() => setHelp(true), []);
  useKeys('shell', [
    { keys: 'mod+k', said: t('keys.palette'), act: openPalette, always: true },
    { keys: '?', said: t('keys.help'), act: openHelp },
    { keys: 'g t', said: t('keys.today'), act: () => void navigate({ to: '/' }) },
    { keys: 'g q', said: t('keys.queue'), act: () => void navigate({ to: '/queue' }) },
  ]);
  const tell = useCallback(
    (event: Happened) => {
      if (event.kind === 'plan_released' || event.kind === 'alarm') {
        toast.note(t(`events.${event.kind}`, { office: event.office ?? '' }));
      }
    },
    [t],
  );
  const may = useMay();
  const line = useEvents(may('read_consignment', 'read_plan', 'read_data'), tell);
  return (
    <div className={styles.frame}>
      <a href="#main" className={styles.skip}>
        {t('skip')}
      </a>
      <header className={`${styles.bar} unprinted`}>
        <Link to="/" className={styles.mark} aria-label={t('home')}>
          <Logo />
          <span className={styles.name} lang="ko">
            수문
          </span>
        </Link>
        <div className={styles.office}>
          <OfficePicker />
        </div>
        <UnstyledButton className={styles.find} onClick={openPalette}>
          <IconSearch size={16} aria-hidden />
          <span className={styles.findWords}>{t('find')}</span>
          <kbd className={styles.kbd} aria-hidden>
            Ctrl K
          </kbd>
        </UnstyledButton>
        <div className={styles.tools}>
          <Line state={line} />
          <ThemeToggle />
          <LanguageToggle />
          <AccountMenu
            onKeys={openHelp}
            onLook={welcome?.demo && !look ? () => showLook(true) : undefined}
          />
        </div>
      </header>
      <Navigation />
      <main id="main" className={styles.main} tabIndex={-1}>
        {welcome?.demo && look && (
          <Suspense fallback={null}>
            <FirstLook onEnd={() => showLook(false)} />
          </Suspense>
        )}
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
      <Announcer />
      {palette && (
        <Suspense fallback={null}>
          <Palette onClose={() => setPalette(false)} onKeys={openHelp} />
        </Suspense>
      )}
      <KeyboardHelp opened={help} onClose={() => setHelp(false)} />
    </div>
  );
}

function Navigation() {
  const { t } = useTranslation();
  const { actions } = useSession();
  const open = openTo(actions);
  return (
    <nav className={`${styles.nav} unprinted`} aria-label={t('nav.label')}>
      {GROUPS.map((group) => {
        const items = open.filter((screen) => screen.group === group);
        if (items.length === 0) return null;
        return (
          <ul key={group} className={styles.group} aria-label={t(`nav.groups.${group}`)}>
            {items.map(({ name, path, icon: Icon }) => (
              <li key={name}>
                <Link
                  to={path}
                  className={styles.item}
                  activeOptions={{ exact: path === '/', includeSearch: false }}
                  activeProps={{ 'aria-current': 'page' }}
                >
                  <Icon size={20} stroke={1.6} aria-hidden />
                  <span>{t(`nav.${name}`)}</span>
                </Link>
              </li>
            ))}
          </ul>
        );
      })}
    </nav>
  );
}

function Line({ state }: { state: Connection }) {
  const { t } = useTranslation();
  const [Icon, tone] = (
    {
      open: [IconCloud, styles.good],
      waiting: [IconRefresh, styles.quiet],
      offline: [IconCloudOff, styles.bad],
    } as const
  )[state];
  return (
    <Tooltip label={t(`line.${state}_long`)}>
      <span className={`${styles.line} ${tone}`} role="status">
        <Icon size={18} aria-hidden />
        <span className={styles.lineWords}>{t(`line.${state}`)}</span>
      </span>
    </Tooltip>
  );
}

function AccountMenu({
  onKeys,
  onLook,
}: {
  onKeys: () => void;
  onLook?: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const { account } = useSession();
  const navigate = useNavigate();
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const leave = async (): Promise<boolean> => {
    setAsking(false);
    try {
      await ask('DELETE', '/session');
    } catch (error) {
      // Without a network the session would live on, and the next person would be in it.
      if (Problem.of(error).status !== 401) {
        toast.failed(error);
        return false;
      }
    }
    forget();
    await navigate({ to: '/login' });
    return true;
  };
  // A device that works at the dock holds things of its own.
  const askLeave = () => (may('record_outcome') ? setAsking(true) : void leave());
  const menu = (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton
          className={styles.account}
          aria-label={t('account.menu', { name: account.display })}
        >
          <IconUserCircle size={22} stroke={1.6} aria-hidden />
          <span className={styles.accountName}>{account.display}</span>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconUserCircle size={18} />}
          onClick={() => void navigate({ to: '/account' })}
        >
          {t('account.own')}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={18} />} onClick={onKeys}>
          {t('keys.title')}
        </Menu.Item>
        {onLook && (
          <Menu.Item leftSection={<IconMap size={18} />} onClick={onLook}>
            {t('look.open')}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={18} />} onClick={askLeave}>
          {t('account.leave')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
  return (
    <>
      {menu}
      {asking && (
        <Suspense fallback={null}>
          <Leaving onStay={() => setAsking(false)} onLeave={leave} />
        </Suspense>
      )}
    </>
  );
}

/** Says the screen's name when the address changes, moves the focus, and titles the tab. */
function Announcer() {
  const { t } = useTranslation();
  const matches = useMatches();
  const last = matches.at(-1);
  const name = last?.staticData.screen;
  const path = last?.pathname ?? '';
  const said = name ? t(`nav.${name}`) : '';
  useDocumentTitle(said ? `${said} · 수문 Sumun` : '수문 Sumun');
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [path]);
  return (
    <div className="visually-hidden" aria-live="polite">
      {said}
    </div>
  );
}
