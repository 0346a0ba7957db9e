// What the form asks for before a report is kept, and what it makes of what is typed.
import { describe, expect, it } from 'vitest';
import { find, makeWedge } from './find';
import { amount, finish, newDraft, newExhibit, withOutcome } from './form';
import type { Draft, Item } from './shapes';

const item: Item = {
  consignment: 'C-12',
  reference: '2607260862676007',
  bills: ['HBL-77120045', 'MBL 180-55512345'],
  containers: ['MSKU1234565'],
  plan: 'P-331',
  position: 3,
  place: 'B-07',
  modality: 'scan',
  steps: ['scan', 'unpack'],
  minutes: 10,
  lane: 'red',
  goods: {
    hs: '8708999000',
    description: '자동차 부품',
    origin: 'CN',
    items: 1,
    net_mass_kg: 2.29,
  },
  packages: 1,
  consignor: 'Harbour Trading',
  consignee: null,
  reasons: [],
  playbook: [],
  outcome: null,
};
const now = new Date(Date.UTC(2026, 6, 26, 9));
const draft = (more: Partial<Draft> = {}): Draft => ({ ...newDraft('me', item), ...more });
const faults = (of: Draft) => {
  const done = finish(of, now);
  return 'faults' in done ? done.faults : {};
};

describe('a report', () => {
  it('of nothing found takes what the plan says', () => {
    const done = finish(withOutcome(draft(), 'clear'), now);
    expect(done).toMatchObject({
      report: { outcome: 'clear', modality: 'scan', minutes: 10, correct: false, exhibits: [] },
    });
  });

  it('of a find says how it came to light, as the modality suggests', () => {
    expect(withOutcome(draft(), 'seizure').detection_method).toBe('scan');
    expect(withOutcome(draft({ modality: 'unpack' }), 'discrepancy').detection_method).toBe(
      'physical_examination',
    );
    const without = {
      ...withOutcome(draft({ finding: '수량 초과' }), 'discrepancy'),
      detection_method: '',
    };
    expect(faults(without)).toEqual({ detection_method: 'needed' });
  });

  it('of a discrepancy says what differed', () => {
    expect(faults(withOutcome(draft(), 'discrepancy'))).toEqual({ finding: 'needed' });
  });

  it('of a seizure needs every line whole, the place and the method', () => {
    const line = { ...newExhibit(), substance: 'methamphetamine', quantity: '1,134' };
    const tablets = { ...newExhibit(), substance: 'yaba', quantity: '978', unit: 'tablet' };
    const seizure = withOutcome(draft({ exhibits: [line, tablets] }), 'seizure');
    expect(faults(seizure)).toEqual({ place: 'needed', method: 'needed' });
    const done = finish({ ...seizure, place: 'inside_machine', method: 'welded' }, now);
    expect(done).toMatchObject({
      report: {
        exhibits: [
          { substance: 'methamphetamine', quantity: 1134, unit: 'g', unit_mass_g: null },
          { substance: 'yaba', quantity: 978, unit: 'tablet', unit_mass_g: null },
        ],
      },
    });
    const broken = { ...line, quantity: 'a lot' };
    expect(faults({ ...seizure, exhibits: [broken] })).toMatchObject({
      [`quantity.${broken.key}`]: 'number',
    });
  });

  it('of nothing examined says why, and claims no minutes', () => {
    expect(faults(withOutcome(draft(), 'not_examined'))).toEqual({ reason: 'needed' });
    const done = finish(withOutcome(draft({ reason: 'never_arrived' }), 'not_examined'), now);
    expect(done).toMatchObject({
      report: { reason: 'never_arrived', minutes: null, modality: null },
    });
  });

  it('of what is on record already is a correction of that revision', () => {
    const outcome = {
      revision: 2,
      outcome: 'clear' as const,
      reason: '',
      officer: '',
      recorded_at: '',
      exhibits: [],
    };
    const again = withOutcome(newDraft('me', { ...item, outcome }), 'clear');
    expect(finish(again, now)).toMatchObject({ report: { correct: true, base_revision: 2 } });
  });
});

describe('an amount', () => {
  it.each([
    ['26.34', 26.34],
    ['1,134', 1134],
    ['１２', 12],
    ['.5', 0.5],
    ['0', null],
    ['-3', null],
    ['1e3', null],
    ['', null],
    ['12g', null],
  ])('%s', (typed, expected) => {
    expect(amount(typed)).toBe(expected);
  });
});

describe('finding by what is printed on it', () => {
  const other: Item = {
    ...item,
    consignment: 'C-13',
    reference: '2607260862676111',
    bills: [],
    containers: [],
  };
  const items = [item, other];
  it.each([
    ['msku 123456-5', ['C-12']],
    ['6007', ['C-12']],
    ['c-13', ['C-13']],
    ['00112607260862676111', ['C-13']],
    ['자동차', ['C-12', 'C-13']],
    ['26072608', ['C-12', 'C-13']],
    ['zzzz', []],
  ])('%s', (typed, expected) => {
    expect(find(items, typed).map(({ consignment }) => consignment)).toEqual(expected);
  });
});

describe('a scanner that acts as a keyboard', () => {
  const type = (text: string, pace: number) => {
    const wedge = makeWedge();
    let code: string | null = null;
    let at = 1_000;
    for (const key of [...text, 'Enter']) {
      code = wedge(key, at);
      at += pace;
    }
    return code;
  };
  it('is told from a person by its pace', () => {
    expect(type('2607260862676007', 8)).toBe('2607260862676007');
    expect(type('2607260862676007', 180)).toBeNull();
    expect(type('abc', 8)).toBeNull();
  });
});
