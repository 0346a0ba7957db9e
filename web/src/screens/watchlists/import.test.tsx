// A file on its way to a list: what it would change is shown first and nothing is stored; a file
// that empties the list needs a tick, and a list that was ended a reason.
import { cleanup, configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { giveSizes, openOnPaper, type Sent } from '@/app/paper';
import Watchlists from './index';
import type { ImportedWatchlist, Watchlist } from './queries';

configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const list: Watchlist = {
  id: 'W-1',
  name: 'Courier cases',
  office: '*',
  source: 'Airport investigations',
  source_grade: 'B',
  information_grade: '2',
  legal_basis: 'Customs Act 246',
  state: 'in_force',
  expires_on: null,
  format: 'csv',
  file: 'courier-cases.csv',
  listings: 200,
  expired_listings: 0,
  open_hits: 0,
  imported_at: '2026-11-20T00:00:00Z',
  imported_by: 'kim',
};

const effect: ImportedWatchlist = {
  watchlist: list,
  read: 60,
  added: 12,
  changed: 2,
  expired: 5,
  unchanged: 195,
  returned: 0,
  left_ended: 0,
  carried: 1,
  left_out: 0,
  damage: null,
  dry_run: true,
  hits: 0,
  repeated: false,
  defects: [],
  defect_count: 0,
};

const refuse = (code: string): [number, unknown] => [409, { error: { code, said: 'so it is' } }];
let reply: (asked: Sent) => [number, unknown];
let sent: Sent[] = [];

beforeEach(async () => {
  giveSizes();
  sent = await openOnPaper({
    name: 'watchlists',
    screen: Watchlists,
    at: '/watchlists?tab=lists',
    actions: ['read_watchlist', 'edit_watchlist'],
    answer: (asked) => {
      if (asked.method === 'POST') return reply(asked);
      return [200, { items: asked.path === '/watchlists' ? [list] : [], next: null }];
    },
  });
  fireEvent.click(await screen.findByRole('button', { name: 'Import a list' }));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const orders = () => sent.filter(({ method }) => method === 'POST').map(({ body }) => body);
const dialog = () => within(screen.getByRole('dialog'));
const button = (name: string) => dialog().findByRole('button', { name });

/** Chooses a file named as the list is, and asks what it would change. */
async function look() {
  const file = new File(['name\nKIM CHOL SU'], 'Courier_cases.csv');
  fireEvent.change(await dialog().findByLabelText('Choose a file', { selector: 'input' }), {
    target: { files: [file] },
  });
  await waitFor(() => expect(dialog().getByLabelText(/^Source /)).toBeTruthy());
  const source = dialog().getByLabelText<HTMLInputElement>(/^Source \*/);
  await waitFor(() => expect(source.value).toBe('Airport investigations'));
  fireEvent.click(await button('See what it changes'));
}

it('shows what would change, and stores it only when told to', async () => {
  reply = ({ body }) => [200, { ...effect, dry_run: body.dry_run ?? false, hits: 3 }];
  await look();
  const would = (await dialog().findByText('Would be new')).closest('dl');
  expect(would?.textContent).toBe(
    'Would be new10 listingsWould change2 listingsWould end3 listings' +
      'Would stay195 listingsDecisions that would go along1 listing',
  );
  expect(orders()).toMatchObject([{ dry_run: true, replace: false, name: 'Courier cases' }]);
  fireEvent.click(await button('Bring up to date'));
  await dialog().findByText(/3 hits wait/);
  expect(orders()[1]).toMatchObject({ id: orders()[0]?.id, replace: false });
  expect(orders()[1]?.dry_run).toBeUndefined();
});

it('says how much would end, and replaces the list only with a tick', async () => {
  reply = ({ body }) =>
    body.replace
      ? [200, { ...effect, unchanged: 48, changed: 0, expired: 152, dry_run: body.dry_run }]
      : refuse('list_shrinks');
  await look();
  await dialog().findByText(/end 152 of the 200 listings in force/);
  fireEvent.click(await button('Replace the list'));
  await dialog().findByText(/Tick this/);
  expect(orders()).toHaveLength(2);
  fireEvent.click(dialog().getByRole('checkbox', { name: /End 152 listings/ }));
  fireEvent.click(await button('Replace the list'));
  await dialog().findByText(/is in force/);
  expect(orders()[2]).toMatchObject({ replace: true, id: orders()[0]?.id });
});

it('asks why an ended list counts again, and takes another file after going back', async () => {
  reply = ({ body }) =>
    body.reopen ? [200, { ...effect, dry_run: body.dry_run }] : refuse('list_ended');
  await look();
  const why = await dialog().findByLabelText(/Why does it count again/);
  await waitFor(() => expect(document.activeElement).toBe(why));
  fireEvent.click(await button('See what it changes'));
  await dialog().findByText('This must be said.');
  fireEvent.change(why, { target: { value: ' a new order ' } });
  fireEvent.click(await button('See what it changes'));
  await dialog().findByText(/would count again/);
  fireEvent.click(await button('Back'));
  const kept = await dialog().findByLabelText<HTMLTextAreaElement>(/Why does it count again/);
  expect(kept.value).toBe(' a new order ');
  expect(orders().at(-1)).toMatchObject({ dry_run: true, reopen: 'a new order' });
});
