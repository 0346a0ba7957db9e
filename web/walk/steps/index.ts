// The day's steps in their order. A screen's steps are a file of their own beside this one; what a
// step leaves for a later one stands in `day.notes`.
import type { Step } from '../day';
import { accounts } from './accounts';
import { administration } from './administration';
import { audit } from './audit';
import { desk } from './desk';
import { dock } from './dock';
import { entities } from './entities';
import { exports } from './exports';
import { firstRun } from './first-run';
import { journal } from './journal';
import { own } from './own';
import { rules } from './rules';
import { views } from './views';
import { watchlists } from './watchlists';

export const steps: Step[] = [
  firstRun,
  accounts,
  own,
  administration,
  desk,
  rules,
  watchlists,
  entities,
  dock,
  views,
  audit,
  exports,
  journal,
];
