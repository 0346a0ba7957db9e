// From what is typed at the dock to a report, or to what is still missing. The server judges the
// same again; here it is said at once and beside the field, which matters most without a network.
import { ulid } from 'ulid';
import type { Draft, DraftExhibit, Exhibit, Item, OutcomeKind, Report } from './shapes';

export type Fault = 'needed' | 'number' | 'too_long' | 'too_many';
export type Faults = Record<string, Fault>;

export const NOTE_LENGTH = 2_000;
export const PHOTOS = 12;
/** Units of which only a mass for each says how much it is. */
const COUNTED = new Set([
  'tablet',
  'capsule',
  'ampoule',
  'plant',
  'seed',
  'blotter',
  'piece',
  'dose',
]);

export const isCounted = (unit: string): boolean => COUNTED.has(unit);

export const newExhibit = (): DraftExhibit => ({
  key: ulid(),
  substance: '',
  quantity: '',
  unit: 'g',
  unit_mass_g: '',
});

/** What a find most likely came to light by, given how it was looked for. */
const METHOD_OF: Record<string, string> = {
  scan: 'scan',
  dog: 'dog',
  trace: 'trace',
  lab: 'laboratory',
  unpack: 'physical_examination',
  document: 'document_check',
};

export const methodOf = (modality: string): string => METHOD_OF[modality] ?? '';

export function newDraft(account: string, item: Item): Draft {
  const outcome = item.outcome;
  return {
    account,
    consignment: item.consignment,
    outcome: null,
    reason: '',
    finding: '',
    detection_method: '',
    modality: outcome?.modality ?? item.modality,
    minutes: outcome?.minutes ?? item.minutes,
    place: '',
    method: '',
    exhibits: [newExhibit()],
    note: '',
    photos: [],
    checked: [],
    base_revision: outcome?.revision ?? null,
  };
}

export function withOutcome(draft: Draft, outcome: OutcomeKind): Draft {
  const find = outcome === 'discrepancy' || outcome === 'seizure';
  return {
    ...draft,
    outcome,
    detection_method: find ? draft.detection_method || methodOf(draft.modality) : '',
  };
}

/** A number as officers type it: 1,134 or 26.34 or １２. */
export function amount(text: string): number | null {
  const plain = text.normalize('NFKC').replace(/[\s,]/g, '');
  if (!/^\d+(\.\d+)?$|^\.\d+$/.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) && value > 0 ? value : null;
}

export type Finished = { report: Report } | { faults: Faults };

export function finish(draft: Draft, now: Date): Finished {
  const faults: Faults = {};
  const { outcome } = draft;
  if (!outcome) return { faults: { outcome: 'needed' } };
  const examined = outcome !== 'not_examined';
  const find = outcome === 'discrepancy' || outcome === 'seizure';
  if (examined && !draft.modality) faults.modality = 'needed';
  if (examined && !(Number.isInteger(draft.minutes) && draft.minutes > 0))
    faults.minutes = 'number';
  if (!examined && !draft.reason) faults.reason = 'needed';
  if (find && !draft.detection_method) faults.detection_method = 'needed';
  if (outcome === 'discrepancy' && !draft.finding.trim()) faults.finding = 'needed';
  if (draft.note.length > NOTE_LENGTH) faults.note = 'too_long';
  if (draft.photos.length > PHOTOS) faults.photos = 'too_many';
  const exhibits = outcome === 'seizure' ? draft.exhibits.map((one) => exhibit(one, faults)) : [];
  if (outcome === 'seizure') {
    if (exhibits.length === 0) faults.exhibits = 'needed';
    if (!draft.place) faults.place = 'needed';
    if (!draft.method) faults.method = 'needed';
  }
  if (Object.keys(faults).length > 0) return { faults };
  return {
    report: {
      id: ulid(now.getTime()),
      consignment: draft.consignment,
      outcome,
      reason: outcome === 'discrepancy' ? draft.finding.trim() : examined ? '' : draft.reason,
      detection_method: find ? draft.detection_method : null,
      modality: examined ? draft.modality : null,
      minutes: examined ? draft.minutes : null,
      place: outcome === 'seizure' ? draft.place : '',
      method: outcome === 'seizure' ? draft.method : '',
      exhibits,
      note: draft.note.trim(),
      photos: draft.photos,
      examined_at: now.toISOString(),
      base_revision: draft.base_revision,
      correct: draft.base_revision !== null,
    },
  };
}

function exhibit(typed: DraftExhibit, faults: Faults): Exhibit {
  const quantity = amount(typed.quantity);
  const mass = typed.unit_mass_g.trim() === '' ? null : amount(typed.unit_mass_g);
  if (!typed.substance.trim()) faults[`substance.${typed.key}`] = 'needed';
  if (quantity === null) faults[`quantity.${typed.key}`] = 'number';
  if (!typed.unit) faults[`unit.${typed.key}`] = 'needed';
  if (isCounted(typed.unit) && typed.unit_mass_g.trim() !== '' && mass === null) {
    faults[`unit_mass_g.${typed.key}`] = 'number';
  }
  return {
    substance: typed.substance.trim(),
    quantity: quantity ?? 0,
    unit: typed.unit,
    unit_mass_g: isCounted(typed.unit) ? mass : null,
  };
}
