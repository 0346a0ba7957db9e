// The queue worked by keyboard alone, against a server of paper: what each key sends, what a
// refusal looks like, and that the hand is back on the list afterwards.
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import {
  act,
  cleanup,
  configure,
  fireEvent,
  render,
  screen,
  waitFor,
} from '@testing-library/react';
import i18next from 'i18next';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { QueueRow } from '@/api/desk';
import { queries } from '@/api/queries';
import { type Session, sessionQuery } from '@/app/session';
import { theme } from '@/app/theme';
import Queue from './index';
import { forgetPlaces } from './pages';

beforeAll(() => {
  // Nothing has a size in this browser; the list needs one to know what is in sight.
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { value: 600 });
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { value: 1200 });
  // A field that grows waits for fonts, of which there are none here.
  Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
  // The machine may be busy.
  configure({ asyncUtilTimeout: 20_000 });
  vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });
});

const session: Session = {
  account: { id: 'A-1', name: 'kim', display: 'Kim', language: 'en' },
  grants: [],
  actions: ['read_plan', 'read_consignment', 'decide'],
  offices: ['*'],
  csrf: 'x',
  expires_at: '',
  idle_until: '',
  totp: false,
};

function row(number: number): QueueRow {
  return {
    consignment: `C-${number}`,
    reference: `26-${number}`,
    plan: 'P-1',
    rank: number,
    lane: 'red',
    p_irregular: 0.2,
    p_critical: 0.01,
    chance: 1,
    channel: 'risk',
    drawn: number !== 3,
    modality: 'scan',
    minutes: 5,
    reasons: [],
    goods: { description: `Goods ${number}`, items: 1 },
    route: { via: [] },
    arrived_at: '2026-07-10T03:00:00Z',
    office: 'ICN',
    regime: 'parcel',
    fate: 'pending',
    state: 'to_do',
  };
}

let sent: { path: string; body: Record<string, unknown> }[] = [];

function answer(path: string, body: Record<string, unknown>): [number, unknown] {
  if (path.startsWith('/queue')) {
    return [200, { items: Array.from({ length: 9 }, (_, at) => row(at + 1)), total: 9 }];
  }
  if (path === '/codes') {
    const acts = ['hold', 'ask', 'inspect', 'waive', 'release'];
    const of = (code: string, needs_text: boolean) => ({
      code,
      acts,
      needs_text,
      said: { ko: code, en: code },
    });
    return [200, { reason_codes: [of('documents_differ', false), of('intelligence', true)] }];
  }
  if (path === '/decisions') {
    const ids = body.consignments as string[];
    const may = ids.filter((id) => body.act !== 'waive' || id !== 'C-3');
    const refused = ids
      .filter((id) => !may.includes(id))
      .map((consignment) => ({ consignment, code: 'not_drawn', said: 'No plan drew it.' }));
    if (may.length === 0) return [422, { error: { code: 'nothing_decided', said: '' }, refused }];
    const decisions = may.map((consignment, at) => ({
      ...body,
      id: `D-${at + 1}`,
      consignment,
      by: 'kim',
      at: '2026-07-10T04:00:00Z',
      undoable: true,
    }));
    return [200, { id: body.id, decisions, refused }];
  }
  if (path === '/today') return [200, { day: '2026-07-10', offices: [], shifts: [], alerts: [] }];
  if (path.endsWith('/dossier')) return [404, { error: { code: 'no_consignment', said: '' } }];
  return [200, { items: [] }];
}

beforeEach(async () => {
  sent = [];
  forgetPlaces();
  localStorage.clear();
  vi.stubGlobal('fetch', async (input: URL | Request | string, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : String(input), 'http://x');
    const path =
      url.pathname.replace('/api/v1', '') + (url.pathname.endsWith('/queue') ? url.search : '');
    const body = init?.body ? JSON.parse(String(init.body)) : {};
    if (init?.method === 'POST') sent.push({ path, body });
    const [status, said] = answer(path, body);
    return new Response(JSON.stringify(said), {
      status,
      headers: { 'Content-Type': 'application/json' },
    });
  });
  await i18next.loadNamespaces(['queue', 'desk', 'parts', 'consignment', 'problems']);
  queries.clear();
  queries.setQueryData(sessionQuery.queryKey, session);
  const root = createRootRoute();
  const routes = [
    createRoute({ getParentRoute: () => root, path: '/queue', component: Queue }),
    createRoute({
      getParentRoute: () => root,
      path: '/consignments/$id',
      component: () => <p>opened</p>,
    }),
  ];
  const router = createRouter({
    routeTree: root.addChildren(routes),
    history: createMemoryHistory({ initialEntries: ['/queue?plan=P-1'] }),
  });
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  await screen.findByText('C-1');
  await waitFor(() => expect(document.activeElement).toBe(grid()));
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const grid = () => screen.getByRole('grid');
const under = () => document.querySelector('[role=row][aria-current]')?.textContent ?? '';

function press(...keys: string[]) {
  for (const key of keys) {
    const code = /^[a-z]$/.test(key) ? `Key${key.toUpperCase()}` : key;
    act(() => {
      fireEvent.keyDown(document.activeElement ?? document.body, { key, code });
    });
  }
}

it('holds the row under the hand by h, a number and Enter, and goes on to the next', async () => {
  press('j', 'h');
  await screen.findByRole('radio', { name: /documents_differ/ });
  press('1', 'Enter');
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toMatchObject({
    act: 'hold',
    consignments: ['C-2'],
    reason_code: 'documents_differ',
    reason: '',
  });
  await waitFor(() => expect(under()).toContain('C-3'));
  expect(await screen.findByText('Held')).toBeTruthy();
  expect(document.activeElement).toBe(grid());
});

it('asks for words where the reason needs them', async () => {
  press('h');
  await screen.findByRole('radio', { name: /intelligence/ });
  press('2', 'Enter');
  expect(await screen.findByText('Say what it is.')).toBeTruthy();
  expect(sent).toHaveLength(0);
});

it('decides on all that are marked, and shows which were refused and why', async () => {
  press('x', 'j', 'x', 'j', 'x', 'w');
  await screen.findByRole('radio', { name: /documents_differ/ });
  press('1', 'Enter');
  const summary = await screen.findByRole('region', { name: 'What came of it' });
  expect(sent[0]?.body.consignments).toEqual(['C-1', 'C-2', 'C-3']);
  expect(summary.textContent).toContain('2 waived');
  expect(summary.textContent).toContain('1 refused');
  expect(summary.textContent).toContain('It was not drawn');
  expect(summary.textContent).toContain('C-3');
});

it('decides against the plan by o: what was not drawn is inspected', async () => {
  press('j', 'j', 'o');
  expect(await screen.findByText('Inspect, against the plan')).toBeTruthy();
});

it('takes a decision back by u', async () => {
  press('h');
  await screen.findByRole('radio', { name: /documents_differ/ });
  press('1', 'Enter');
  await waitFor(() => expect(under()).toContain('C-2'));
  press('k', 'u');
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent[1]?.body).toMatchObject({ act: 'undo', consignments: ['C-1'], undoes: 'D-1' });
});

it('opens by Enter', async () => {
  press('j', 'Enter');
  expect(await screen.findByText('opened')).toBeTruthy();
});
