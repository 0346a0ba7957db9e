// The day's steps in their order. A screen's steps are a file of their own beside this one; what a
// step leaves for a later one stands in `day.notes`.
import type { Step } from '../day';
import { accounts } from './accounts';
import { administration } from './administration';
import { audit } from './audit';
import { desk } from './desk';
import { dock } from './dock';
import { exports } from './exports';
import { firstRun } from './first-run';
import { journal } from './journal';
import { own } from './own';
import { views } from './views';

export const steps: Step[] = [
  firstRun,
  accounts,
  own,
  administration,
  desk,
  dock,
  views,
  audit,
  exports,
  journal,
];
