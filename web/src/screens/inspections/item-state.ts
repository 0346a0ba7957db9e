// Where a consignment of the list stands, from what the server holds and what this device has yet
// to send. What was recorded here counts as done at once; whether it has arrived is said beside it.
import type { Entry, Item, OutcomeKind } from './shapes';

export type Stand =
  | { kind: 'open' }
  | { kind: 'done'; outcome: OutcomeKind }
  | { kind: 'waiting' | 'conflict' | 'refused'; outcome: OutcomeKind; entry: Entry };

export function standOf(item: Item, entries: Entry[]): Stand {
  const own = entries.filter(({ report }) => report.consignment === item.consignment);
  const pressing =
    own.find(({ state }) => state === 'conflict') ??
    own.find(({ state }) => state === 'refused') ??
    own.findLast(({ state }) => state === 'waiting' || state === 'sending');
  if (pressing) {
    const kind =
      pressing.state === 'conflict' || pressing.state === 'refused' ? pressing.state : 'waiting';
    return { kind, outcome: pressing.report.outcome, entry: pressing };
  }
  if (item.outcome) return { kind: 'done', outcome: item.outcome.outcome };
  const sent = own.findLast(({ state }) => state === 'sent');
  return sent ? { kind: 'done', outcome: sent.report.outcome } : { kind: 'open' };
}

export interface Progress {
  all: number;
  done: number;
  finds: number;
  minutes_left: number;
}

export function progressOf(items: Item[], entries: Entry[]): Progress {
  const progress = { all: items.length, done: 0, finds: 0, minutes_left: 0 };
  for (const item of items) {
    const stand = standOf(item, entries);
    if (stand.kind === 'open' || stand.kind === 'refused') {
      progress.minutes_left += item.minutes;
      continue;
    }
    progress.done += 1;
    if (stand.outcome === 'seizure' || stand.outcome === 'discrepancy') progress.finds += 1;
  }
  return progress;
}
