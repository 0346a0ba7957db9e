// What the desk's endpoints say, as the three screens of the targeting officer read it. Only
// shapes and the calls that fetch them; what a screen makes of them is in its own folder.
import { ask } from './client';
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
