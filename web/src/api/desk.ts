// What the desk's endpoints say, as the three screens of the targeting officer read it. Only
// shapes; what a screen makes of them is in its own folder.
import type { Said } from '@/app/words';

export type Lane = 'red' | 'yellow' | 'blue' | 'green';
export type Channel = 'risk' | 'rule' | 'random' | 'officer';
export type Modality = 'document' | 'scan' | 'dog' | 'trace' | 'lab' | 'unpack';
export type Regime = 'parcel' | 'freight';
export type Fate = 'pending' | 'released' | 'inspected' | 'rejected' | 'superseded';
export type Act = 'hold' | 'ask' | 'inspect' | 'waive' | 'release' | 'undo';
export type Outcome = 'clear' | 'discrepancy' | 'seizure' | 'not_examined';
export type State =
  | 'waiting'
  | 'to_do'
  | 'held'
  | 'asked'
  | 'done'
  | 'not_examined'
  | 'released'
  | 'gone';

export interface IntervalValue {
  estimate: number;
  low: number;
  high: number;
}

export interface List<T> {
  items: T[];
  next?: string | null;
  total?: number | null;
  more?: boolean;
}

export interface Reason {
  feature: string;
  push: number;
  value?: number | null;
  inspected?: number | null;
  found?: number | null;
  en: string;
  ko: string;
}

export interface GoodsShort {
  hs?: string | null;
  description: string;
  origin?: string | null;
  items: number;
  value?: number | null;
  currency?: string | null;
  net_mass_kg?: number | null;
}

export interface RouteShort {
  departure?: string | null;
  via: string[];
  discharge?: string | null;
  destination?: string | null;
}

export interface Decision {
  id: string;
  consignment: string;
  act: Act;
  reason_code: string;
  reason: string;
  modality?: Modality | null;
  question?: string | null;
  by: string;
  at: string;
  undoable: boolean;
  undone_by?: string | null;
}

export interface RecordedOutcome {
  revision: number;
  outcome: Outcome;
  reason: string;
  known_on: string;
  recorded_at: string;
  officer: string;
  modality?: Modality | null;
  minutes?: number | null;
  concealment: string;
  exhibits: { substance: string; quantity: number; unit: string }[];
}

/** What a sender declared since a consignment was drawn or decided on. */
export interface Amended {
  consignment: string;
  version: number;
  withdrawn: boolean;
  received_at: string;
}

export interface QueueRow {
  consignment: string;
  reference: string;
  plan?: string | null;
  rank?: number | null;
  lane?: Lane | null;
  p_irregular?: number | null;
  se_irregular?: number | null;
  p_critical?: number | null;
  chance?: number | null;
  channel?: Channel | null;
  drawn: boolean;
  modality?: Modality | null;
  minutes?: number | null;
  bundle?: string | null;
  reasons: Reason[];
  goods: GoodsShort;
  route: RouteShort;
  consignor?: string | null;
  consignee?: string | null;
  arrived_at: string;
  office: string;
  regime: Regime;
  fate: Fate;
  state: State;
  decision?: Decision | null;
  outcome?: RecordedOutcome | null;
  amended?: Amended | null;
}

export interface RouteStop {
  code: string;
  kind: 'departure' | 'via' | 'loading' | 'discharge' | 'destination';
  name?: string | null;
  country: string;
  lat?: number | null;
  lon?: number | null;
  arrives?: string | null;
  departs?: string | null;
  dwell_h?: number | null;
}

export interface KeyRecord {
  key: Said;
  seen?: number | null;
  inspected: number;
  irregular: number;
  critical: number;
}

export interface WhyStep {
  feature: string;
  said: Said;
  push: number;
  value?: number | null;
  fields: { name: Said; value: string }[];
  history: KeyRecord[];
}

export interface Why {
  model: string;
  unit: string;
  base: number;
  final: number;
  steps: WhyStep[];
  rest: number;
  as_judged: boolean;
}

export interface Record {
  seen: number;
  inspected: number;
  irregular: number;
  critical: number;
  first_day?: string | null;
  last_day?: string | null;
}

export interface PartyRecord {
  role: string;
  name?: string | null;
  code?: string | null;
  address?: string | null;
  phones: string[];
  record: Record;
  possible_victim?: Said | null;
}

export interface GoodsItem {
  description?: string;
  hs?: string | null;
  origin?: string | null;
  net_mass_kg?: number | null;
  gross_mass_kg?: number | null;
  value?: number | null;
  currency?: string | null;
  quantity?: number | null;
  quantity_unit?: string;
  packages?: number | null;
  package_type?: string;
}

export interface Declared {
  reference: string;
  regime: Regime;
  office: string;
  arrived_at: string;
  direction?: string;
  transport?: string;
  goods?: GoodsItem[];
  equipment?: { number: string; seals?: string[]; empty?: boolean }[];
  documents?: { [name: string]: string | null | undefined };
}

export interface ConsignmentDetail {
  id: string;
  version: number;
  reference: string;
  source: string;
  office: string;
  regime: Regime;
  arrived_on: string;
  fate: Fate;
  message: number;
  line: number;
  declared: Declared;
  assessments: {
    model: string;
    assessed_at: string;
    p_irregular: number;
    p_critical: number;
    lane: Lane;
    se_irregular?: number | null;
  }[];
  outcomes: RecordedOutcome[];
}

export interface DecisionHeader {
  lane?: Lane | null;
  modality?: Modality | null;
  minutes?: number | null;
  chance?: number | null;
  channel?: Channel | null;
  plan?: string | null;
  rank?: number | null;
  drawn: boolean;
  decided_by?: string | null;
  decided_at?: string | null;
}

export interface Change {
  path: string;
  from?: string | null;
  to?: string | null;
}

export interface VersionChanges {
  id: string;
  version: number;
  at: string;
  changes: Change[];
}

export interface Similar {
  consignment: string;
  reference: string;
  day: string;
  office: string;
  outcome: string;
  substance?: string | null;
  concealment?: string | null;
  why: Said;
}

export interface Playbook {
  profile: Said;
  lines: { where: Said; with: Modality; defeats?: Said | null; source: string }[];
}

export interface TimelineEntry {
  at: string;
  kind: string;
  actor: string;
  said: Said;
  link?: string | null;
}

export interface Dossier {
  consignment: ConsignmentDetail;
  decision_header: DecisionHeader;
  why?: Why | null;
  quality: { field: string; kind: string; said: Said }[];
  contradictions?: { check: string; about: string; said: Said; after_screening?: boolean }[];
  parties: PartyRecord[];
  route: RouteStop[];
  timeline: TimelineEntry[];
  versions: VersionChanges[];
  similar: Similar[];
  playbook: Playbook;
  decisions: Decision[];
  allowed: Act[];
  amended?: Amended | null;
}
