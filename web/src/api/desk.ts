// What the desk's endpoints say, as the three screens of the targeting officer read it. Only
// shapes and the calls that fetch them; what a screen makes of them is in its own folder.
import type { Said } from '@/app/words';

export interface IntervalValue {
  estimate: number;
  low: number;
  high: number;
}

export type Lane = 'red' | 'yellow' | 'blue' | 'green';
export type Channel = 'risk' | 'rule' | 'random' | 'officer';
export type Modality = 'document' | 'scan' | 'dog' | 'trace' | 'lab' | 'unpack';
export type Regime = 'parcel' | 'freight';
export type Fate = 'pending' | 'released' | 'inspected' | 'rejected' | 'superseded';
export type Act = 'hold' | 'ask' | 'inspect' | 'waive' | 'release' | 'undo';
export type Outcome = 'clear' | 'discrepancy' | 'seizure' | 'not_examined';

export interface List<T> {
  items: T[];
  next: string | null;
  total?: number | null;
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

export interface Goods {
  hs: string | null;
  description: string;
  origin: string | null;
  items: number;
  value: number | null;
  currency: string | null;
  net_mass_kg: number | null;
}

export interface RouteInShort {
  departure: string | null;
  via: string[];
  discharge: string | null;
  destination: string | null;
}

export interface Decision {
  id: string;
  consignment: string;
  act: Act;
  reason_code: string;
  reason: string;
  modality: Modality | null;
  question: string | null;
  by: string;
  at: string;
  undoable: boolean;
  undone_by: string | null;
}

export interface QueueRow {
  consignment: string;
  reference: string;
  plan: string;
  rank: number;
  lane: Lane;
  p_irregular: number;
  se_irregular: number | null;
  p_critical: number;
  chance: number;
  channel: Channel;
  drawn: boolean;
  modality: Modality;
  minutes: number;
  bundle: string | null;
  reasons: Reason[];
  goods: Goods;
  route: RouteInShort;
  consignor: string | null;
  consignee: string | null;
  arrived_at: string;
  office: string;
  regime: Regime;
  fate: Fate;
  decision: Decision | null;
  outcome: Outcome | null;
}

export interface Place {
  code: string;
  kind: 'departure' | 'via' | 'loading' | 'discharge' | 'destination';
  name: string | null;
  country: string | null;
  lat: number | null;
  lon: number | null;
  arrives: string | null;
  departs: string | null;
  dwell_h: number | null;
}

export interface WhyStep {
  feature: string;
  said: Said;
  push: number;
  value: number | null;
  fields: { name: string; value: string | null }[];
  history: { key: string; seen: number; inspected: number; irregular: number }[];
}

export interface Why {
  model: string;
  unit: string;
  base: number;
  final: number;
  steps: WhyStep[];
  rest: number;
}

export interface Party {
  role: string;
  code?: string;
  name?: string;
  address?: string;
  address_country?: string | null;
  phones?: string[];
  mails?: string[];
}

export interface PartyRecord {
  seen: number;
  inspected: number;
  irregular: number;
  critical: number;
  first_day: string | null;
  last_day: string | null;
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
  duty_rate_percent?: number | null;
  duty_type?: string;
}

export interface Declared {
  reference: string;
  regime: Regime;
  office: string;
  arrived_at: string;
  direction?: string;
  transport?: string;
  goods?: GoodsItem[];
  parties?: Party[];
  equipment?: { number: string; seals?: string[]; empty?: boolean }[];
  documents?: Record<string, string | null | undefined>;
  route?: Record<string, unknown>;
}

export interface ConsignmentDetail {
  id: string;
  first_id: string;
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
  versions: { id: string; version: number; fate: Fate; arrived_on: string }[];
  assessments: {
    model: string;
    assessed_at: string;
    p_irregular: number;
    p_critical: number;
    lane: Lane;
    se_irregular?: number | null;
    se_critical?: number | null;
    reasons: Reason[];
  }[];
  selections: {
    plan: string;
    rank: number;
    chance: number;
    channel: Channel;
    drawn: boolean;
    modality: Modality;
  }[];
  outcomes: {
    revision: number;
    outcome: Outcome;
    officer: string;
    reason: string;
    recorded_at: string;
    modality?: Modality | null;
    concealment: string;
    exhibits: { substance: string; quantity: number; unit: string }[];
  }[];
}

export interface DecisionHeader {
  lane: Lane;
  modality: Modality;
  minutes: number;
  chance: number;
  channel: Channel;
  plan: string;
  rank: number;
  drawn: boolean;
  decided_by: string | null;
  decided_at: string | null;
}

export interface Change {
  path: string;
  from: string | null;
  to: string | null;
}

export interface Dossier {
  consignment: ConsignmentDetail;
  decision_header: DecisionHeader | null;
  why: Why | null;
  quality: { field: string; kind: string; said: Said | string }[];
  parties: { party: Party; record: PartyRecord | null }[];
  route: Place[];
  timeline: { at: string; kind: string; actor: string | null; said: Said; link: string | null }[];
  versions: { id: string; version: number; at: string; changes: Change[] }[];
  similar: {
    consignment: string;
    reference: string;
    day: string;
    office: string;
    outcome: Outcome;
    substance: string | null;
    concealment: string | null;
    why: Said;
  }[];
  playbook: {
    profile: string;
    lines: { where: Said; with: Modality; defeats: Said | null; source: string }[];
  } | null;
  decisions: Decision[];
  allowed: Act[];
  victim?: Said | null;
}
