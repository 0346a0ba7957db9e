// An entity's page against a server of paper: what stands out, why two records are one, and that
// records leave and entities join only with a reason, once.
import { cleanup, configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { formatOf } from '@/app/format';
import { giveSizes, openOnPaper, press, type Sent } from '@/app/paper';
import Entities from './index';
import type { EntityPage, EntityRecord } from './queries';
import { factorOf, weakest } from './why-one';

configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const said = (en: string) => ({ ko: en, en });

const record = (number: number, probability: number | null): EntityRecord => ({
  id: `PR-${number}`,
  name: number === 1 ? '한빛무역' : 'Hanbit Trading',
  code: 'P123456789012',
  address: `${number} Harbour Road`,
  country: 'KR',
  phones: ['010-1234-5678'],
  mails: [],
  roles: ['consignee'],
  consignments: 10 - number,
  first_on: '2026-07-01',
  last_on: '2026-11-25',
  probability,
  by: 'machine',
  because: probability === null ? [] : [said('The same phone')],
});

function page(id: string): EntityPage {
  return {
    id,
    label: id === 'E-7' ? '한빛무역' : 'Hanbit Logistics',
    merged_into: null,
    made_at: '2026-07-01T02:00:00Z',
    records: [record(1, null), record(2, 0.999), record(3, 0.93)],
    roles: [{ role: 'consignee', consignments: 14 }],
    course: [{ month: '2026-07', consignments: 3, inspected: 1, found: 0 }],
    consignments: { count: 14, inspected: 4, found: 1, items: [] },
    links: [
      {
        entity: 'E-9',
        label: 'Hanbit Logistics',
        kind: 'phone',
        value: '010-1234-5678',
        shared_by: 2,
        consignments: 5,
        finds: 1,
        said: said('The same phone number'),
        apart: null,
      },
    ],
    possible_victim: {
      code: 'P123456789012',
      names: 4,
      addresses: 5,
      said: said('May be a victim of a stolen code.'),
      next: said('Ask before anything else.'),
    },
    revision: 3,
    hits: [
      {
        id: 'H-77',
        list: 'Lookout',
        listing: 'Hanbit Trading Co Ltd',
        consignment: 'C-12',
        probability: 0.91,
        decision: 'not_same',
        by: 'kim',
        at: '2026-07-03T09:00:00Z',
        reason: 'a namesake',
      },
    ],
    decisions: [],
    may: { split: true, merge: true },
  };
}

const waterfall = {
  record: 'PR-3',
  other: 'PR-1',
  same_entity: true,
  start_bits: -14,
  steps: [
    {
      field: 'phone',
      left: '010-1234-5678',
      right: '+82 10 1234 5678',
      level: 'exact',
      bits: 12,
      said: said('The same phone, a rare one'),
    },
    { field: 'name', left: 'a', right: 'b', level: 'romanised', bits: 6, said: said('Alike') },
  ],
  total_bits: 4,
  probability: 16 / 17,
  threshold: 0.9,
  decided: null,
};

function answer({ method, path, body }: Sent): [number, unknown] {
  const [, id = ''] = /^\/entities\/(E-\d+)/.exec(path) ?? [];
  if (method === 'POST') {
    if (path.endsWith('/split')) {
      return [200, { id: body.id, entity: id, other: 'E-31', records: body.records }];
    }
    return [200, { id: body.id, entity: id, other: body.with, records: ['PR-9'] }];
  }
  if (path.includes('/waterfall')) return [200, waterfall];
  if (path.endsWith('/history')) {
    const one = { at: '2026-07-01T02:00:00Z', act: 'made', by: 'machine', records: ['PR-1'] };
    return [200, { items: [{ ...one, other: null, reason: '', probability: null }], next: null }];
  }
  if (id) return [200, page(id)];
  return [200, { items: [], next: null }];
}

let sent: Sent[] = [];
beforeEach(async () => {
  giveSizes();
  sent = await openOnPaper({
    name: 'entities',
    screen: Entities,
    at: '/entities?entity=E-7',
    actions: ['read_party', 'decide', 'read_consignment'],
    answer,
  });
  await screen.findByRole('heading', { level: 1, name: '한빛무역' });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const posts = () => sent.filter(({ method }) => method === 'POST');

it('says in careful words that somebody may be a victim, and begins with the weakest record', async () => {
  expect(screen.getByText('May be a victim of a stolen code.')).toBeTruthy();
  expect(await screen.findByText(/PR-3 and PR-1 are held to be one: 94.1%/)).toBeTruthy();
  expect(sent.some(({ path }) => path === '/entities/E-7/waterfall?record=PR-3')).toBe(true);
  expect(screen.getByText('Sumun made it of PR-1.')).toBeTruthy();
});

it('shows what met a listing, and what an officer said of it', () => {
  expect(screen.getByText('Hanbit Trading Co Ltd')).toBeTruthy();
  expect(screen.getByText('Not the same')).toBeTruthy();
  expect(screen.getByText(/kim.*a namesake/)).toBeTruthy();
});

it('splits marked records off, with a reason, and never all of them', async () => {
  const act = screen.getByRole('button', { name: 'Split off' }) as HTMLButtonElement;
  expect(act.disabled).toBe(true);
  for (const box of screen.getAllByRole('checkbox')) fireEvent.click(box);
  expect(screen.getByText(/Leave at least one record/)).toBeTruthy();
  fireEvent.click(screen.getAllByRole('checkbox')[0] as HTMLElement);
  fireEvent.click(screen.getByRole('button', { name: 'Split off 2 records' }));
  const dialog = await screen.findByRole('dialog');
  fireEvent.click(within(dialog).getByRole('button', { name: 'Split off 2 records' }));
  expect(await within(dialog).findByText(/at least 5 characters/)).toBeTruthy();
  fireEvent.change(within(dialog).getByLabelText(/In words/), {
    target: { value: 'other owner' },
  });
  fireEvent.click(within(dialog).getByRole('button', { name: 'Split off 2 records' }));
  await waitFor(() => expect(posts()).toHaveLength(1));
  expect(posts()[0]).toMatchObject({
    path: '/entities/E-7/split',
    body: { records: ['PR-2', 'PR-3'], reason: 'other owner' },
  });
});

it('merges by m and an id, and shows both before it does', async () => {
  press('m');
  const dialog = await screen.findByRole('dialog');
  fireEvent.change(within(dialog).getByLabelText(/In words/), { target: { value: 'same owner' } });
  fireEvent.click(within(dialog).getByRole('button', { name: 'Merge them' }));
  expect(await within(dialog).findByText(/Which entity/)).toBeTruthy();
  fireEvent.change(within(dialog).getByLabelText(/The other entity/), {
    target: { value: 'e-9' },
  });
  expect(await within(dialog).findByText('Hanbit Logistics')).toBeTruthy();
  fireEvent.click(within(dialog).getByRole('button', { name: 'Merge them' }));
  await waitFor(() => expect(posts()).toHaveLength(1));
  expect(posts()[0]).toMatchObject({ path: '/entities/E-7/merge', body: { with: 'E-9' } });
});

it('says how much a field says, and which record fits least', () => {
  const format = formatOf('en');
  expect(factorOf(3, format)).toBe('×8');
  expect(factorOf(-2, format)).toBe('÷4');
  expect(factorOf(0, format)).toBe('×1');
  expect(factorOf(30, format)).toBe('×10^9');
  expect(weakest([record(1, null), record(2, 0.999), record(3, 0.93)])?.id).toBe('PR-3');
  expect(weakest([record(1, null)])).toBeUndefined();
});
