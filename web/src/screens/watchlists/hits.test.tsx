// The hits' queue worked by keyboard: the likeliest is shown first, a key and a number decide with
// a reason, and the next pair comes by itself.
import { cleanup, configure, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { giveSizes, openOnPaper, press, type Sent } from '@/app/paper';
import { nextAfter } from './hits';
import { nameOf, textOf } from './import-dialog';
import Watchlists from './index';
import type { ListingHit, ListingHitDetail } from './queries';
import { reasonOf } from './reasons';

configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

function hit(number: number, found: string, listing: string): ListingHit {
  return {
    id: `H-${number}`,
    consignment: `C-${number}`,
    reference: `26-${number}`,
    office: 'ICN',
    arrived_on: '2026-11-25',
    what: 'name',
    role: 'consignee',
    found,
    listing: {
      id: listing,
      watchlist: 'W-1',
      watchlist_name: 'Courier cases',
      kind: 'person',
      name: 'KIM CHOL SU',
      reference: 'KPi.001',
      state: 'in_force',
      expires_on: null,
      listed_at: '2026-11-20T00:00:00Z',
    },
    matched: 'KIM CHOL SU',
    probability: 0.95 - number / 100,
    agree: ['kim', 'chol~chul'],
    differ_found: [],
    differ_listed: ['su'],
    why: { ko: '이름이 비슷합니다', en: 'The names are alike' },
    found_at: '2026-11-25T06:10:00Z',
    state: 'open',
    decision: null,
  };
}

const hits = [hit(1, 'Kim Chul', 'L-1'), hit(2, 'Kim Chul', 'L-1'), hit(3, 'Kim Chulsoo', 'L-1')];
let decided = new Set<string>();

const detailOf = (one: ListingHit): ListingHitDetail => ({
  ...one,
  listing_detail: {
    ...one.listing,
    aliases: [{ name: '김철수', weak: false }],
    keys: [{ kind: 'imo', text: 'IMO 9187629', valid: false }],
    programmes: ['COURIER'],
    remarks: '',
    source: 'office',
    source_grade: 'B',
    information_grade: '2',
    legal_basis: 'Customs Act 246',
    hits: [],
  },
  earlier: [],
  same_pair: [],
});

function answer({ method, path, body }: Sent): [number, unknown] {
  const [, id] = /^\/hits\/(H-\d+)/.exec(path) ?? [];
  const one = hits.find((hit) => hit.id === id);
  if (method === 'POST' && one) {
    for (const same of hits.filter(({ found }) => found === one.found)) decided.add(same.id);
    return [200, { ...detailOf(one), state: body.verdict }];
  }
  if (one) return [200, detailOf(one)];
  if (path.startsWith('/hits')) {
    return [200, { items: hits.filter((hit) => !decided.has(hit.id)), next: null }];
  }
  return [200, { items: [], next: null }];
}

let sent: Sent[] = [];
beforeEach(async () => {
  giveSizes();
  decided = new Set();
  sent = await openOnPaper({
    name: 'watchlists',
    screen: Watchlists,
    actions: ['read_watchlist', 'decide', 'read_consignment'],
    answer,
  });
  await screen.findByText(/Are these the same/);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const chosen = () => document.querySelector('[aria-current=true]')?.textContent ?? '';
const posts = () => sent.filter(({ method }) => method === 'POST');

it('marks the words that agree and differ, in words as well', () => {
  const listed = screen.getByRole('region', { name: 'Listed' });
  expect(within(listed).getByText('SU').dataset.mark).toBe('differs');
  expect(within(listed).getByText('CHOL').dataset.mark).toBe('alike');
  expect(screen.getByText('Only listed').closest('div')?.textContent).toContain('su');
  expect(screen.getByText(/check digit fails/)).toBeTruthy();
});

it('decides by a letter, a number and Enter, and goes on to the next pair', async () => {
  press('n');
  await screen.findByRole('radio', { name: /Another identifier/ });
  press('1', 'Enter');
  await waitFor(() => expect(posts()).toHaveLength(1));
  expect(posts()[0]).toMatchObject({
    path: '/hits/H-1/decide',
    body: { verdict: 'not_same', reason: 'Another identifier.', expires_on: null },
  });
  await waitFor(() => expect(chosen()).toContain('Kim Chulsoo'));
});

it('asks for a reason, and for words where the reason is another', async () => {
  press('u');
  await screen.findByRole('radio', { name: /Too little/ });
  press('Enter');
  expect(await screen.findByText('Choose a reason.')).toBeTruthy();
  press('4', 'Enter');
  expect(await screen.findByText('Say why.')).toBeTruthy();
  expect(posts()).toHaveLength(0);
});

it('goes on and back by j and k', async () => {
  press('j');
  await screen.findByText('2 of 3');
  press('j');
  await waitFor(() => expect(chosen()).toContain('Kim Chulsoo'));
  press('k');
  await screen.findByText('2 of 3');
});

it('knows the next pair, a file by its name, and text that is not UTF-8', () => {
  expect(nextAfter(hits, 'H-1')).toBe('H-3');
  expect(nextAfter(hits, 'H-3')).toBe('H-2');
  expect(nextAfter(hits.slice(0, 2), 'H-1')).toBeUndefined();
  expect(nameOf('un_consolidated-2026.xml')).toBe('un consolidated 2026');
  expect(textOf(new Uint8Array([0xb1, 0xe8]).buffer)).toBe('김');
  expect(textOf(new Uint8Array([0xff, 0xfe, 0x40, 0xae]).buffer)).toBe('김');
  expect(textOf(new Uint8Array([0xfe, 0xff, 0xae, 0x40]).buffer)).toBe('김');
  expect(textOf(new ArrayBuffer(0))).toBe('');
  expect(textOf(new TextEncoder().encode('김').buffer as ArrayBuffer)).toBe('김');
  expect(reasonOf('Another address.', ' Busan ')).toBe('Another address. Busan');
  expect(reasonOf(null, 'text')).toBe('text');
});
