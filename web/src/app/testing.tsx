// What tests of components need around them: Mantine, a fresh store of queries, and real words.
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render } from '@testing-library/react';
import i18next from 'i18next';
import type { ReactNode } from 'react';
import { afterEach, beforeAll, vi } from 'vitest';
import { theme } from './theme';
import { startWords } from './words';

// Text fields measure themselves again when a font arrives; here none ever does.
if (!document.fonts)
  Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });

beforeAll(async () => {
  // Growing text fields ask for fonts, which this stand-in for a browser has none of.
  if (!document.fonts)
    Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
  if (!i18next.isInitialized) await startWords('en');
});

// Nothing can be drawn on a canvas here; the table beneath a chart has its numbers.
vi.mock('@/parts/chart/canvas', () => ({ default: () => null }));

// What is left on the page would go on drawing while the next test begins, or after the last.
afterEach(cleanup);

/** Shows a component with everything around it; `screens` are the files of words it needs. */
export async function show(component: ReactNode, ...screens: string[]) {
  await i18next.loadNamespaces(screens);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>{component}</QueryClientProvider>
    </MantineProvider>,
  );
}
