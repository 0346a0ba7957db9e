// A whole screen against a server of paper, for tests: its route, a session with the rights that
// are asked for, answers by path, and all that was sent.
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { act, fireEvent, render } from '@testing-library/react';
import i18next from 'i18next';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { queries } from '@/api/queries';
import { type Action, type Session, sessionQuery } from './session';
import { theme } from './theme';

export interface Sent {
  method: string;
  /** After `/api/v1`, with what is asked for. */
  path: string;
  body: Record<string, unknown>;
}

export interface Paper {
  /** The screen's name: of its route and its words. */
  name: string;
  screen: () => ReactNode;
  /** Where it is opened, when not at its plain address. */
  at?: string;
  actions: Action[];
  /** A status and what is said. */
  answer: (asked: Sent) => [number, unknown];
}

function sessionOf(actions: Action[]): Session {
  return {
    account: { id: 'A-1', name: 'kim', display: 'Kim', language: 'en' },
    grants: [],
    actions,
    offices: ['*'],
    csrf: 'x',
    expires_at: '',
    idle_until: '',
    totp: false,
  };
}

/** Nothing has a size in this browser; lists need one to know what is in sight. */
export function giveSizes(): void {
  for (const [name, value] of Object.entries({
    clientHeight: 600,
    clientWidth: 1200,
    offsetHeight: 600,
    offsetWidth: 1200,
  })) {
    Object.defineProperty(HTMLElement.prototype, name, { value, configurable: true });
  }
}

/** Opens the screen; what it asks and sends is gathered in the list that comes back. */
export async function openOnPaper({ name, screen, at, actions, answer }: Paper): Promise<Sent[]> {
  const sent: Sent[] = [];
  vi.stubGlobal('fetch', async (input: URL | Request | string, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : String(input), 'http://x');
    const asked: Sent = {
      method: init?.method ?? 'GET',
      path: url.pathname.replace('/api/v1', '') + url.search,
      body: typeof init?.body === 'string' ? JSON.parse(init.body) : {},
    };
    sent.push(asked);
    const [status, said] = answer(asked);
    return new Response(JSON.stringify(said), {
      status,
      headers: { 'Content-Type': 'application/json' },
    });
  });
  await i18next.loadNamespaces([name, 'parts', 'problems', 'desk']);
  queries.clear();
  queries.setQueryData(sessionQuery.queryKey, sessionOf(actions));
  localStorage.clear();
  const root = createRootRoute();
  const routes = [
    createRoute({ getParentRoute: () => root, path: `/${name}`, component: screen }),
    ...['/consignments/$id', '/entities', '/rules', '/watchlists', '/queue']
      .filter((path) => path !== `/${name}`)
      .map((path) =>
        createRoute({ getParentRoute: () => root, path, component: () => <p>elsewhere</p> }),
      ),
  ];
  const router = createRouter({
    routeTree: root.addChildren(routes),
    history: createMemoryHistory({ initialEntries: [at ?? `/${name}`] }),
  });
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return sent;
}

/** Presses keys one after the other, wherever the focus is. */
export function press(...keys: string[]): void {
  for (const key of keys) {
    const code = /^[a-z]$/.test(key) ? `Key${key.toUpperCase()}` : key;
    act(() => {
      fireEvent.keyDown(document.activeElement ?? document.body, { key, code });
    });
  }
}
