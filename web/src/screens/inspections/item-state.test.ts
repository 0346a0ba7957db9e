// What the list says of a consignment, by what the server holds and what has yet to be sent.
import { describe, expect, it } from 'vitest';
import { progressOf, standOf } from './item-state';
import type { Entry, EntryState, Item, OutcomeKind } from './shapes';

const item = (consignment: string, outcome?: OutcomeKind) =>
  ({
    consignment,
    minutes: 10,
    outcome: outcome ? { outcome, revision: 1 } : null,
  }) as unknown as Item;
const entry = (consignment: string, state: EntryState, outcome: OutcomeKind = 'clear') =>
  ({ id: `${consignment}-${state}`, state, report: { consignment, outcome } }) as unknown as Entry;

describe('where a consignment stands', () => {
  it.each([
    ['nothing anywhere', undefined, [], 'open'],
    ['on record', 'clear', [], 'done'],
    ['kept here', undefined, ['waiting'], 'waiting'],
    ['on its way', undefined, ['sending'], 'waiting'],
    ['arrived, the list not yet anew', undefined, ['sent'], 'done'],
    ['refused', undefined, ['refused'], 'refused'],
    ['in conflict with what is on record', 'clear', ['conflict'], 'conflict'],
    ['a correction after what arrived', 'clear', ['sent', 'waiting'], 'waiting'],
  ] as [string, OutcomeKind | undefined, EntryState[], string][])('%s', (_, on, states, kind) => {
    const entries = states.map((state) => entry('C-1', state));
    expect(standOf(item('C-1', on), [...entries, entry('C-2', 'conflict')]).kind).toBe(kind);
  });
});

it('counts what is done here before it has arrived, and what was refused as not done', () => {
  const items = ['C-1', 'C-2', 'C-3', 'C-4'].map((id) => item(id));
  const entries = [
    entry('C-1', 'waiting', 'seizure'),
    entry('C-2', 'sent'),
    entry('C-3', 'refused'),
  ];
  expect(progressOf(items, entries)).toEqual({ all: 4, done: 2, finds: 1, minutes_left: 20 });
});
