// The outbox under what happens at a dock: no network, a page that dies between keeping and
// sending, an answer that is lost, two tabs, an expired sign-in, and another officer's report.
// `makeServer` is a small model of the promise that the API makes: an id is taken once.
import 'fake-indexeddb/auto';
import { ulid } from 'ulid';
import { beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '@/api/problem';
import { backOff, sendWaiting, type Wire } from './sender';
import type { Answer, KeptPhoto, RecordedOutcome, Report } from './shapes';
import { type DockStore, openDock } from './store';

const NOW = Date.UTC(2026, 6, 26, 9);
const ME = 'inspector-1';

function report(consignment: string, more: Partial<Report> = {}): Report {
  return {
    id: ulid(),
    consignment,
    outcome: 'clear',
    reason: '',
    detection_method: null,
    modality: 'unpack',
    minutes: 10,
    place: '',
    method: '',
    exhibits: [],
    note: '',
    photos: [],
    examined_at: new Date(NOW).toISOString(),
    base_revision: null,
    correct: false,
    ...more,
  };
}

function photo(sha256: string): KeptPhoto {
  return {
    sha256,
    account: ME,
    consignment: 'C-1',
    type: 'image/jpeg',
    bytes: new Uint8Array([1, 2, 3]).buffer,
    taken_at: new Date(NOW).toISOString(),
    reduced: false,
    uploaded: false,
  };
}

function makeServer() {
  const register = new Map<string, RecordedOutcome>();
  const answered = new Map<string, Answer>();
  const photos = new Set<string>();
  const server = {
    register,
    photos,
    network: true,
    signedIn: true,
    /** The next answers that are lost on the way back. */
    losing: 0,
    /** The next calls that meet this status. */
    failing: [] as number[],
    calls: 0,
    wire: {
      async upload(one) {
        server.door();
        photos.add(one.sha256);
      },
      async report(one) {
        server.door();
        const before = answered.get(one.id);
        const answer = before ?? take(one);
        answered.set(one.id, answer);
        if (server.losing > 0) {
          server.losing -= 1;
          throw Problem.offline();
        }
        if (answer.state === 'conflict') throw new Problem(409, answer);
        return answer;
      },
    } satisfies Wire,
    door() {
      server.calls += 1;
      if (!server.network) throw Problem.offline();
      if (!server.signedIn) throw new Problem(401, { error: { code: 'no_session', said: 'no' } });
      const status = server.failing.shift();
      if (status) throw new Problem(status, { error: { code: 'made', said: 'as the test wants' } });
    },
    /** Another officer's device was faster. */
    other(consignment: string) {
      register.set(consignment, recorded(report(consignment, { outcome: 'discrepancy' }), 1));
    },
  };
  function take(one: Report): Answer {
    const held = register.get(one.consignment) ?? null;
    if ((held?.revision ?? null) !== one.base_revision) {
      return { state: 'conflict', outcome: null, theirs: held };
    }
    const outcome = recorded(one, (held?.revision ?? 0) + 1);
    register.set(one.consignment, outcome);
    return { state: 'recorded', outcome, theirs: null };
  }
  return server;
}

function recorded(one: Report, revision: number): RecordedOutcome {
  return {
    revision,
    outcome: one.outcome,
    reason: one.reason,
    officer: 'someone',
    recorded_at: new Date(NOW).toISOString(),
    exhibits: [],
  };
}

let store: DockStore;
let name = '';
let server: ReturnType<typeof makeServer>;
let now = NOW;
const clock = () => now;
const send = () => sendWaiting(store, ME, server.wire, clock);
const keep = (one: Report, account = ME) => {
  now += 1;
  return store.enqueue(one, { account, reference: `R-${one.consignment}`, now });
};
const states = async () => (await store.entries()).map(({ state }) => state);

beforeEach(async () => {
  name = `dock-${ulid()}`;
  store = await openDock(name);
  server = makeServer();
  now = NOW;
});

describe('the outbox', () => {
  it('keeps what is recorded without a network, through a reload, and sends it once', async () => {
    server.network = false;
    await keep(report('C-1'));
    await keep(report('C-2'));
    expect(await send()).toBe('offline');
    expect(await states()).toEqual(['waiting', 'waiting']);

    store.close();
    store = await openDock(name);
    server.network = true;
    now += 10 * 60_000;
    expect(await send()).toBe('done');
    expect(await states()).toEqual(['sent', 'sent']);
    expect([...server.register.keys()]).toEqual(['C-1', 'C-2']);
  });

  it('sends again what a page was sending when it died', async () => {
    const entry = await keep(report('C-1'));
    await store.change(entry.id, (one) => ({ ...one, state: 'sending', tries: 1 }));
    expect(await send()).toBe('done');
    expect(await states()).toEqual(['sending']);
    await store.recover(ME);
    await send();
    expect(await states()).toEqual(['sent']);
  });

  it('makes no second record when an answer is lost', async () => {
    server.losing = 1;
    await keep(report('C-1'));
    expect(await send()).toBe('offline');
    expect(server.register.get('C-1')?.revision).toBe(1);
    now += 10 * 60_000;
    expect(await send()).toBe('done');
    expect(server.register.get('C-1')?.revision).toBe(1);
    expect(await states()).toEqual(['sent']);
  });

  it('makes no second record when two tabs send at once', async () => {
    await keep(report('C-1'));
    const other = await openDock(name);
    await Promise.all([send(), sendWaiting(other, ME, server.wire, clock)]);
    expect(server.register.get('C-1')?.revision).toBe(1);
    expect(await states()).toEqual(['sent']);
  });

  it('shows a conflict with both sides and keeps it until the person decides', async () => {
    server.other('C-1');
    await keep(report('C-1', { outcome: 'seizure' }));
    await keep(report('C-2'));
    expect(await send()).toBe('done');
    const [mine] = await store.entries();
    expect(mine?.state).toBe('conflict');
    expect(mine?.report.outcome).toBe('seizure');
    expect(mine?.theirs?.outcome).toBe('discrepancy');
    // It holds nobody else up, and it is not tried again by itself.
    expect(await states()).toEqual(['conflict', 'sent']);
    await send();
    expect((await store.entries())[0]?.state).toBe('conflict');
  });

  it('takes one’s own report as a correction when the person insists', async () => {
    server.other('C-1');
    const first = await keep(report('C-1', { outcome: 'seizure' }));
    await send();
    const again = await store.insist(first.id, now);
    expect(again?.id).not.toBe(first.id);
    expect(again?.report).toMatchObject({ correct: true, base_revision: 1 });
    expect(await send()).toBe('done');
    expect(server.register.get('C-1')).toMatchObject({ outcome: 'seizure', revision: 2 });
  });

  it('lets go of one’s own report only when the person says so', async () => {
    server.other('C-1');
    const mine = await keep(report('C-1'));
    await send();
    await store.discard(mine.id);
    expect(await store.entries()).toEqual([]);
    expect(server.register.get('C-1')?.outcome).toBe('discrepancy');
  });

  it('waits for a new sign-in and loses nothing by it', async () => {
    server.signedIn = false;
    await keep(report('C-1'));
    expect(await send()).toBe('sign_in');
    expect(await states()).toEqual(['waiting']);
    server.signedIn = true;
    expect(await send()).toBe('done');
    expect(server.register.size).toBe(1);
  });

  it('never sends a report under another person’s name', async () => {
    await keep(report('C-1'), 'inspector-2');
    expect(await send()).toBe('done');
    expect(server.register.size).toBe(0);
    expect(await states()).toEqual(['waiting']);
  });

  it('sends photos before the report that names them, and each once', async () => {
    await store.keepPhoto(photo('aa'));
    const photos = [{ sha256: 'aa', taken_at: new Date(NOW).toISOString() }];
    await keep(report('C-1', { photos }));
    server.failing = [0, 503];
    expect(await send()).toBe('later');
    expect(server.photos).toEqual(new Set(['aa']));
    expect(server.register.size).toBe(0);
    expect((await store.photo('aa'))?.uploaded).toBe(true);
    const calls = server.calls;
    now += 10 * 60_000;
    expect(await send()).toBe('done');
    expect(server.calls).toBe(calls + 1);
    expect(await store.photo('aa')).toBeUndefined();
  });

  it('tries what failed in passing later, and the others meanwhile', async () => {
    server.failing = [503];
    await keep(report('C-1'));
    await keep(report('C-2'));
    expect(await send()).toBe('later');
    expect(await states()).toEqual(['waiting', 'sent']);
    expect((await store.entries())[0]?.next_try_at).toBeGreaterThan(now);
  });

  it('keeps what was refused, with the reason, until it is mended', async () => {
    server.failing = [422];
    await keep(report('C-1'));
    await send();
    expect((await store.entries())[0]).toMatchObject({
      state: 'refused',
      said: 'as the test wants',
    });
    await keep(report('C-1', { minutes: 20 }));
    expect(await states()).toEqual(['waiting']);
    expect(await send()).toBe('done');
  });

  it('replaces a report that never left', async () => {
    await keep(report('C-1'));
    await keep(report('C-1', { outcome: 'discrepancy' }));
    expect(await states()).toEqual(['waiting']);
    await send();
    expect(server.register.get('C-1')).toMatchObject({ outcome: 'discrepancy', revision: 1 });
  });

  it('sends a later report after one that may have arrived, as its correction', async () => {
    server.losing = 1;
    await keep(report('C-1'));
    await send();
    await keep(report('C-1', { outcome: 'discrepancy' }));
    now += 10 * 60_000;
    expect(await send()).toBe('done');
    expect(server.register.get('C-1')).toMatchObject({ outcome: 'discrepancy', revision: 2 });
    expect(await states()).toEqual(['sent', 'sent']);
  });

  it('lets go of a draft only together with keeping its report', async () => {
    const draft = { account: ME, consignment: 'C-1' } as Parameters<DockStore['keepDraft']>[0];
    await store.keepDraft(draft);
    expect(await store.draft(ME, 'C-1')).toBeDefined();
    await keep(report('C-1'));
    expect(await store.draft(ME, 'C-1')).toBeUndefined();
  });

  it('leaves nothing to read after signing out but what has not arrived', async () => {
    await store.keepPhoto(photo('aa'));
    await store.keepPhoto(photo('bb'));
    await keep(report('C-1', { photos: [{ sha256: 'aa', taken_at: '' }] }));
    await keep(report('C-2'));
    server.failing = [503, 0];
    await send();
    await store.clear();
    expect(await states()).toEqual(['waiting']);
    expect(await store.photo('aa')).toBeDefined();
    expect(await store.photo('bb')).toBeUndefined();
  });
});

describe('the pause between tries', () => {
  it('doubles, ends at five minutes, and differs between devices', () => {
    const longest = (tries: number) => backOff(tries, () => 1);
    expect([1, 2, 3].map(longest)).toEqual([2_000, 4_000, 8_000]);
    expect(longest(30)).toBe(300_000);
    expect(backOff(1, () => 0)).toBe(1_000);
  });
});
