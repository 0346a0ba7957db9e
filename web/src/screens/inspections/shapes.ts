// What the inspector's part of the workbench keeps and sends: the shift's list as the server gives
// it, the report that an officer makes at the dock, and how far that report has come. The half
// that is on the wire follows the API; the rest lives on this device alone.
import type { Amended } from '@/api/desk';
import type { Said } from '@/app/words';

export type OutcomeKind = 'clear' | 'discrepancy' | 'seizure' | 'not_examined';

export interface Exhibit {
  substance: string;
  quantity: number;
  unit: string;
  unit_mass_g: number | null;
}

export interface PhotoMark {
  sha256: string;
  taken_at: string;
}

/** A report as it is sent to `POST /inspections`. Its id makes sending it twice harmless. */
export interface Report {
  id: string;
  consignment: string;
  outcome: OutcomeKind;
  reason: string;
  detection_method: string | null;
  modality: string | null;
  minutes: number | null;
  place: string;
  method: string;
  exhibits: Exhibit[];
  note: string;
  photos: PhotoMark[];
  examined_at: string;
  base_revision: number | null;
  correct: boolean;
}

/** What the register holds of a consignment's inspection. */
export interface RecordedOutcome {
  revision: number;
  outcome: OutcomeKind;
  reason: string;
  officer: string;
  recorded_at: string;
  modality?: string | null;
  minutes?: number | null;
  detection_method?: string | null;
  concealment?: string;
  place?: string | null;
  method?: string | null;
  note?: string | null;
  exhibits: { substance: string; quantity: number; unit: string; kg_equivalent?: number | null }[];
  photos?: PhotoMark[];
}

export interface Answer {
  state: 'recorded' | 'unchanged' | 'conflict';
  outcome: RecordedOutcome | null;
  theirs: RecordedOutcome | null;
}

export interface PlaybookLine {
  where: Said;
  with: string;
  defeats: Said | null;
  source: string;
}

export interface Reason {
  feature: string;
  ko: string;
  en: string;
  push: number;
}

export interface Item {
  consignment: string;
  reference: string;
  bills: string[];
  containers: string[];
  plan: string;
  position: number;
  place: string | null;
  modality: string;
  steps: string[];
  minutes: number;
  lane: string | null;
  goods: {
    hs: string | null;
    description: string;
    origin: string | null;
    items: number;
    net_mass_kg: number | null;
  };
  packages: number | null;
  consignor: string | null;
  consignee: string | null;
  reasons: Reason[];
  playbook?: PlaybookLine[];
  /** What an officer decided about it last. */
  decision?: {
    act: string;
    reason: string;
    question?: string | null;
    by: string;
    at: string;
  } | null;
  outcome: RecordedOutcome | null;
  /** What its sender declared since it was drawn. */
  amended?: Amended | null;
}

export interface ShiftList {
  office: string;
  shifts: string[];
  shift: string;
  released_at: string | null;
  released: boolean;
  items: Item[];
}

/** A list with the day it is of. */
export type Shift = ShiftList & { day: string };

export interface Code {
  code: string;
  said: Said;
}

export interface Codes {
  concealment_places: Code[];
  concealment_methods: Code[];
  detection_methods: Code[];
  not_examined_reasons: Code[];
  substances: Code[];
  units: Code[];
  modalities: Code[];
}

/** Where a report is on its way. Only `sent` is at rest without anybody having to look. */
export type EntryState = 'waiting' | 'sending' | 'sent' | 'conflict' | 'refused';

export interface Entry {
  id: string;
  /** Who made it. Nobody else's sign-in sends it. */
  account: string;
  reference: string;
  report: Report;
  state: EntryState;
  /** Earlier report of the same consignment that has to arrive before this one. */
  follows: string | null;
  tries: number;
  next_try_at: number;
  stored_at: number;
  sent_at: number | null;
  said: string | null;
  next: string | null;
  recorded: RecordedOutcome | null;
  theirs: RecordedOutcome | null;
}

export interface KeptPhoto {
  sha256: string;
  account: string;
  consignment: string;
  type: string;
  bytes: ArrayBuffer;
  taken_at: string;
  /** Whether it had to be made smaller to be taken. */
  reduced: boolean;
  uploaded: boolean;
}

/** A line of a seizure as it is typed. */
export interface DraftExhibit {
  key: string;
  substance: string;
  quantity: string;
  unit: string;
  unit_mass_g: string;
}

/** A report as it is being made; kept at every change. */
export interface Draft {
  account: string;
  consignment: string;
  outcome: OutcomeKind | null;
  reason: string;
  finding: string;
  detection_method: string;
  modality: string;
  minutes: number;
  place: string;
  method: string;
  exhibits: DraftExhibit[];
  note: string;
  photos: PhotoMark[];
  checked: number[];
  base_revision: number | null;
}

export interface KeptList {
  key: string;
  account: string;
  fetched_at: number;
  list: Shift;
}
