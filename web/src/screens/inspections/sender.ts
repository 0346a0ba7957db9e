// How the outbox empties: one report after the other, its photos before it, until nothing waits
// or something stands in the way. Whatever happens, a report leaves the device's hands only when
// the server has said that it holds it. Who calls this, and when: `dock.ts`.
import type { Problem } from '@/api/problem';
import type { Answer, Entry, KeptPhoto, Report } from './shapes';
import type { DockStore } from './store';

/** The two calls that a sender needs. Both throw a `Problem`. */
export interface Wire {
  upload(photo: KeptPhoto): Promise<void>;
  report(report: Report): Promise<Answer>;
}

/** Why sending ended. `later`: something waits for its next try. */
export type Ended = 'done' | 'later' | 'offline' | 'sign_in';

const FIRST_MS = 2_000;
const LONGEST_MS = 5 * 60_000;

/** Twice as long after each try, and never all devices at once. */
export function backOff(tries: number, dice: () => number = Math.random): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, tries - 1));
  return Math.round(whole * (0.5 + dice() / 2));
}

export async function sendWaiting(
  store: DockStore,
  account: string,
  wire: Wire,
  now: () => number = Date.now,
): Promise<Ended> {
  const tried = new Set<string>();
  for (;;) {
    const entries = await store.entries();
    const waiting = entries.filter((one) => one.account === account && one.state === 'waiting');
    const free = waiting.filter((one) => follows(one, entries) !== 'wait' && !tried.has(one.id));
    const next = free.find((one) => one.next_try_at <= now());
    if (!next) return waiting.length > 0 ? 'later' : 'done';
    tried.add(next.id);
    const stopped = await send(store, next, entries, wire, now);
    if (stopped) return stopped;
  }
}

/** Whether an earlier report of the same consignment has to arrive first. */
function follows(entry: Entry, all: Entry[]): 'wait' | Entry | null {
  if (entry.follows === null) return null;
  const earlier = all.find((one) => one.id === entry.follows);
  if (!earlier) return null;
  return earlier.state === 'sent' ? earlier : 'wait';
}

async function send(
  store: DockStore,
  entry: Entry,
  all: Entry[],
  wire: Wire,
  now: () => number,
): Promise<Ended | null> {
  const earlier = follows(entry, all);
  // The same words twice must be the same bytes, so what is sent is kept before it is sent.
  const sending = await store.change(entry.id, (one) => ({
    ...one,
    state: 'sending',
    tries: one.tries + 1,
    follows: null,
    report:
      earlier && earlier !== 'wait' && earlier.recorded
        ? { ...one.report, correct: true, base_revision: earlier.recorded.revision }
        : one.report,
  }));
  if (!sending) return null;
  try {
    for (const { sha256 } of sending.report.photos) {
      const photo = await store.photo(sha256);
      if (!photo || photo.uploaded) continue;
      await wire.upload(photo);
      await store.photoUploaded(sha256);
    }
    const answer = await wire.report(sending.report);
    if (answer.state === 'conflict') await met(store, entry.id, answer.theirs);
    else await store.arrived(entry.id, answer.outcome, now());
    return null;
  } catch (error) {
    return stumble(store, sending, error as Problem, now);
  }
}

async function met(store: DockStore, id: string, theirs: Entry['theirs']): Promise<void> {
  await store.change(id, (one) => ({ ...one, state: 'conflict', theirs }));
}

async function stumble(
  store: DockStore,
  entry: Entry,
  problem: Problem,
  now: () => number,
): Promise<Ended | null> {
  const { status, body } = problem;
  if (status === 409 && 'theirs' in body) {
    await met(store, entry.id, (body.theirs ?? null) as Entry['theirs']);
    return null;
  }
  const said = { said: problem.message, next: problem.next ?? null };
  // Nothing reached the server, or it does not know who is asking: the report waits as it was.
  if (status === 0 || status === 401) {
    const next_try_at = status === 0 ? now() + backOff(entry.tries) : 0;
    await store.change(entry.id, (one) => ({ ...one, ...said, state: 'waiting', next_try_at }));
    return status === 0 ? 'offline' : 'sign_in';
  }
  const passing = status >= 500 || status === 408 || status === 425 || status === 429;
  await store.change(entry.id, (one) => ({
    ...one,
    ...said,
    state: passing ? 'waiting' : 'refused',
    next_try_at: passing ? now() + backOff(entry.tries) : 0,
  }));
  return null;
}
