// The addresses of the workbench. Everything but signing in stands behind the guard, which asks
// for the session before a screen is fetched. What a screen filters by lies in its address, so a
// link shows the same thing to a colleague with the same rights.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import i18next from 'i18next';
import { whenSessionLost } from '@/api/client';
import { queries } from '@/api/queries';
import { Broken, Loading, Missing } from '@/parts/states';
import { homeOf, pageOf } from './screens';
import { forget, sessionQuery } from './session';
import { Shell } from './shell';

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: Missing,
  beforeLoad: ({ location }) => {
    // An invitation's link carries its token after `#`, which no server's log ever sees, and so
    // does the address that it leads to.
    const [, token] = /^\/welcome\?(token=[\w-]+(?:&first)?)$/.exec(location.hash) ?? [];
    if (token) throw redirect({ to: '/welcome', hash: token, replace: true });
  },
});

/** What every screen's route has: its page and its words, both fetched on the way in. */
function screen(name: string) {
  const load = pageOf(name);
  return {
    component: load ? lazyRouteComponent(load) : Missing,
    loader: async () => {
      if (load) await i18next.loadNamespaces(name);
    },
    staticData: { screen: name },
  };
}

const guarded = createRoute({
  getParentRoute: () => root,
  id: 'workbench',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const session = await queries.ensureQueryData(sessionQuery);
    // Who came to no screen in particular begins where their own work is.
    const search = location.href === '/' ? {} : { back: location.href };
    if (!session) throw redirect({ to: '/login', search });
  },
});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  // Only an address of this server is led back to.
  validateSearch: (search): { back?: string; refused?: 'sso' } => ({
    ...(typeof search.back === 'string' && /^\/(?!\/)/.test(search.back)
      ? { back: search.back }
      : {}),
    ...(search.refused === 'sso' ? { refused: 'sso' } : {}),
  }),
  ...screen('login'),
});
const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  ...screen('welcome'),
});

const today = createRoute({
  getParentRoute: () => guarded,
  path: '/',
  beforeLoad: () => {
    const session = queries.getQueryData(sessionQuery.queryKey);
    const home = homeOf(session?.actions ?? []);
    if (home !== '/' && !session?.actions.includes('read_plan')) {
      throw redirect({ href: home, replace: true });
    }
  },
  ...screen('today'),
});
const queue = createRoute({ getParentRoute: () => guarded, path: '/queue', ...screen('queue') });
const shiftlist = createRoute({
  getParentRoute: () => guarded,
  path: '/queue/print',
  ...screen('shiftlist'),
});
const consignment = createRoute({
  getParentRoute: () => guarded,
  path: '/consignments/$id',
  ...screen('consignment'),
});
const inspections = createRoute({
  getParentRoute: () => guarded,
  path: '/inspections',
  ...screen('inspections'),
});
const rules = createRoute({ getParentRoute: () => guarded, path: '/rules', ...screen('rules') });
const watchlists = createRoute({
  getParentRoute: () => guarded,
  path: '/watchlists',
  ...screen('watchlists'),
});
const entities = createRoute({
  getParentRoute: () => guarded,
  path: '/entities',
  ...screen('entities'),
});
const exports = createRoute({
  getParentRoute: () => guarded,
  path: '/exports',
  ...screen('exports'),
});
const measures = createRoute({
  getParentRoute: () => guarded,
  path: '/measures',
  ...screen('measures'),
});
const models = createRoute({ getParentRoute: () => guarded, path: '/models', ...screen('models') });
const data = createRoute({ getParentRoute: () => guarded, path: '/data', ...screen('data') });
const admin = createRoute({ getParentRoute: () => guarded, path: '/admin', ...screen('admin') });
const journal = createRoute({
  getParentRoute: () => guarded,
  path: '/journal',
  ...screen('journal'),
});
const account = createRoute({
  getParentRoute: () => guarded,
  path: '/account',
  ...screen('account'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    welcome,
    guarded.addChildren([
      today,
      queue,
      shiftlist,
      consignment,
      inspections,
      rules,
      watchlists,
      entities,
      exports,
      measures,
      models,
      data,
      admin,
      journal,
      account,
    ]),
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: Loading,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
});

whenSessionLost(() => {
  forget();
  void router.invalidate();
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface StaticDataRouteOption {
    screen?: string;
  }
}
