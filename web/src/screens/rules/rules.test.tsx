// A rule's life in the workbench: written with help and counted as one types, saved as a draft, put
// before another person with what it would cost, and never approved by whoever drafted it.
import { cleanup, configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { giveSizes, openOnPaper, press, type Sent } from '@/app/paper';
import { actsOf } from './detail';
import { faultsOf, standing } from './editor';
import Rules from './index';
import { need, passes } from './list';
import type { RuleDetail, RuleDraft, RuleSummary, RuleVersion, Scorecard } from './queries';

configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const draft: RuleDraft = {
  code: 'used-cars-cheap',
  owner: 'lee',
  officer: { ko: '싼 중고차', en: 'Cheap used cars' },
  outward: { ko: '검사', en: 'An examination' },
  legal_basis: 'Customs Act 246',
  lane: 'red',
  modality: 'unpack',
  offices: [],
  valid_from: '2026-12-01',
  valid_until: '2027-05-31',
  review_on: '2027-03-01',
  condition: 'goods.hs_chapter == "87"',
};

const version = (state: RuleVersion['state'], by: string): RuleVersion => ({
  ...draft,
  version: 2,
  state,
  drafted_by: by,
  drafted_at: '2026-11-25T09:00:00Z',
  shadow_by: by,
  shadow_at: '2026-11-25T10:00:00Z',
});

const scorecard: Scorecard = {
  fired: 412,
  fired_shadow: 88,
  waiting: 12,
  examined: 230,
  examined_drawn: 221,
  finds: 31,
  minutes: 2300,
  minutes_per_find: 74.2,
  precision: { estimate: 0.135, low: 0.09, high: 0.18 },
  random: { estimate: 0.021, low: 0.015, high: 0.029 },
  lift: { estimate: 6.4, low: 4, high: 9.8 },
  last_find: '2026-11-20',
  first_fired: '2026-09-01',
  last_fired: '2026-11-25',
  verdict: 'earns',
};

let drafted = 'lee';
let fields: { field: string; from: string; to: string }[] = [];
const summary = (): RuleSummary => ({
  code: draft.code,
  state: 'shadow',
  version: version('shadow', drafted),
  newest: 2,
  scorecard,
  review_due: false,
  weak: false,
});
const detail = (): RuleDetail => ({
  summary: summary(),
  versions: [
    { ...version('shadow', drafted), toml: 'code = "used-cars-cheap"' },
    {
      ...version('replaced', drafted),
      version: 1,
      condition: 'goods.hs_chapter == "86"',
      toml: '',
    },
  ],
  life: [{ at: '2026-11-25T09:00:00Z', by: 'lee', act: 'rule_draft', version: 2, reason: 'seen' }],
  days: [{ day: '2026-11-25', fired: 0, shadow: 3 }],
  may: { edit: true, approve: true },
});

const backtest = {
  first: '2026-08-01',
  last: '2026-11-25',
  days: 117,
  consignments: 1_204_000,
  fired: 4812,
  fired_per_day: 41.1,
  by_day: [],
  minutes_each: 10,
  minutes_per_day: 411,
  capacity_minutes_per_day: 1200,
  capacity_share: 0.3425,
  value: null,
  overlap: {
    rules: [],
    drawn: 700,
    drawn_share: 0.15,
    model_core: 300,
    model_core_share: 0.06,
    only_this: 3900,
  },
  milliseconds: 812,
};

function check(condition: string) {
  const wrong = condition.indexOf('hs_chaptr');
  if (wrong < 0) {
    const sample = {
      consignments: 50_000,
      days: 31,
      first: '2026-10-25',
      last: '2026-11-25',
      fired: 210,
      share: 0.0042,
      per_day: 6.8,
      minutes_per_day: 68,
      finds: 3,
      examined: 41,
    };
    return { ok: true, errors: [], reads: [], indicators: [], sample };
  }
  const error = {
    code: 'unknown_field',
    message: { ko: '', en: 'There is no field `goods.hs_chaptr`.' },
    suggestion: 'goods.hs_chapter',
    from: wrong - 6,
    to: wrong + 9,
    line: 1,
    column: 1,
  };
  return { ok: false, errors: [error], reads: [], indicators: [], sample: null };
}

function answer({ method, path, body }: Sent): [number, unknown] {
  if (path === '/rules/catalogue') {
    const field = { path: 'goods.hs_chapter', kind: 'text', ko: '품목 류', en: 'HS chapter' };
    return [
      200,
      {
        fields: [{ ...field, example: '"87"', group: 'goods', past: false }],
        indicators: [],
        functions: [],
        limits: { characters: 4000, depth: 24 },
      },
    ];
  }
  if (path === '/rules/check') return [200, check(String(body.condition))];
  if (path === '/rules/backtest') return [200, backtest];
  if (method === 'POST') return [201, { ...version('draft', 'kim'), ...body, version: 3 }];
  if (path.includes('/diff')) return [200, { from: 1, to: 2, fields, condition: [] }];
  if (path.includes('/hits')) return [200, { items: [], next: null }];
  if (path.startsWith('/rules/')) return [200, detail()];
  if (path.startsWith('/rules')) return [200, { items: [summary()], next: null }];
  return [200, { items: [], next: null }];
}

let sent: Sent[] = [];
const open = async (at: string) => {
  sent = await openOnPaper({
    name: 'rules',
    screen: Rules,
    at,
    actions: ['read_rule', 'edit_rule', 'approve_rule', 'read_consignment'],
    answer,
  });
};
beforeEach(() => {
  giveSizes();
  drafted = 'lee';
  fields = [];
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const posts = (path: string) =>
  sent.filter((one) => one.method === 'POST' && one.path.endsWith(path));

describe('the editor', () => {
  const field = () => screen.getByLabelText('It fires when') as HTMLTextAreaElement;
  const type = (text: string) => {
    fireEvent.change(field(), { target: { value: text, selectionStart: text.length } });
  };

  it('completes by words, marks an error where it is, and mends it by a press', async () => {
    await open('/rules?edit=');
    await screen.findByText('goods.hs_chapter · text · "87"');
    field().focus();
    type('품목');
    const offer = await screen.findByRole('option', { name: /goods.hs_chapter/ });
    expect(field().getAttribute('aria-activedescendant')).toBe(offer.id);
    fireEvent.keyDown(field(), { key: 'Enter' });
    await waitFor(() => expect(field().value).toBe('goods.hs_chapter'));

    type('1 == 1 && goods.hs_chaptr == "87"');
    await screen.findByText('There is no field `goods.hs_chaptr`.');
    expect(document.querySelector('mark')?.textContent).toBe('goods.hs_chaptr');
    fireEvent.click(screen.getByRole('button', { name: 'Write goods.hs_chapter' }));
    await waitFor(() => expect(field().value).toBe('1 == 1 && goods.hs_chapter == "87"'));
    expect(await screen.findByText(/Fires on 210/)).toBeTruthy();
  });

  it('says what is missing, and saves a draft once', async () => {
    await open('/rules?edit=used-cars-cheap');
    await screen.findByText('New version of used-cars-cheap');
    fireEvent.change(screen.getByLabelText(/Legal basis/), { target: { value: '' } });
    fireEvent.click(screen.getByRole('button', { name: /Save as draft/ }));
    expect(await screen.findByText('This must be said.')).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText(/Legal basis/)));
    fireEvent.change(screen.getByLabelText(/Legal basis/), { target: { value: 'Act 1' } });
    fireEvent.click(screen.getByRole('button', { name: /Save as draft/ }));
    await waitFor(() => expect(posts('/rules')).toHaveLength(1));
    expect(posts('/rules')[0]?.body).toMatchObject({ code: draft.code, legal_basis: 'Act 1' });
  });
});

describe('approval', () => {
  it('shows what the rule would cost before another person approves it', async () => {
    await open('/rules?rule=used-cars-cheap');
    fireEvent.click(await screen.findByRole('button', { name: 'Approve' }));
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByText(/34.3% of the 1,200 min a day/)).toBeTruthy();
    expect(within(dialog).getByText(/leaves little for everything else/)).toBeTruthy();
    fireEvent.change(within(dialog).getByLabelText(/In words/), { target: { value: 'it earns' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Approve' }));
    await waitFor(() => expect(posts('/approve')).toHaveLength(1));
    expect(posts('/approve')[0]?.body).toMatchObject({ version: 2, reason: 'it earns' });
  });

  it('is not offered to whoever drafted it', async () => {
    drafted = 'kim';
    await open('/rules?rule=used-cars-cheap');
    expect(await screen.findByText(/another person approves it/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
  });

  it('shows what changed in the condition', async () => {
    await open('/rules?rule=used-cars-cheap');
    await screen.findByText('Nothing else changed.');
    expect(document.querySelector('pre del')?.textContent).toBe('86');
    expect(document.querySelector('pre ins')?.textContent).toBe('87');
  });

  it('says what else changed as the page says it elsewhere', async () => {
    fields = [
      { field: 'lane', from: 'yellow', to: 'red' },
      { field: 'modality', from: '', to: 'unpack' },
      { field: 'valid_until', from: '2027-05-01', to: '2027-06-01' },
    ];
    await open('/rules?rule=used-cars-cheap');
    const table = await screen.findByRole('region', { name: 'What else changed' });
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows.map((row) => [...row.children].map(({ textContent }) => textContent))).toEqual([
      ['Lane', 'Yellow', 'Red'],
      ['Inspect with', 'whatever the plan chooses', 'Unpack'],
      ['Valid until', '1 May 2027', '1 Jun 2027'],
    ]);
  });
});

it('lists what each rule earns and opens one by keyboard', async () => {
  await open('/rules');
  const grid = await screen.findByRole('grid', { name: 'Rules' });
  expect(within(grid).getByText('Cheap used cars')).toBeTruthy();
  expect(within(grid).getByText('4–9.8')).toBeTruthy();
  grid.focus();
  press('Enter');
  expect(await screen.findByText('Scorecard')).toBeTruthy();
});

it('knows what a state offers, what passes a filter, and what is missing', () => {
  const may = { edit: true, approve: true };
  expect(actsOf('draft', may)).toEqual(['shadow', 'retire']);
  expect(actsOf('shadow', may)).toEqual(['approve', 'retire']);
  expect(actsOf('in_force', { edit: false, approve: true })).toEqual([]);
  const weak = { ...summary(), state: 'in_force' as const, weak: true };
  expect(need(weak)).toBeLessThan(need(summary()));
  expect([passes(weak, 'weak'), passes(weak, 'shadow'), passes(weak, null)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(faultsOf(draft)).toEqual({});
  expect(
    faultsOf({ ...draft, code: 'Ä', valid_until: '2026-11-01', outward: { ko: 'x', en: ' ' } }),
  ).toEqual({
    code: 'code',
    outward_en: 'missing',
    valid_until: 'until_out_of_range',
    review_on: 'review_outside',
  });
  const fault = { ...check('goods.hs_chaptr').errors[0] } as never;
  expect(standing([fault], 'goods.hs_chaptr', 'goods.hs_chaptr == 1')).toHaveLength(1);
  expect(standing([fault], 'goods.hs_chaptr', 'goods.hs_chapter')).toHaveLength(0);
});
