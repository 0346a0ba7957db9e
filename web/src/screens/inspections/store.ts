// What the device keeps when there is no network: the list of the shift, drafts, photos and the
// outbox, in IndexedDB. A report is written here before anybody is told that it is kept. How the
// outbox empties is in `sender.ts`; what signing out clears is at the end.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { ulid } from 'ulid';
import type { Codes, Draft, Entry, KeptList, KeptPhoto, Report, Shift } from './shapes';

interface Dock extends DBSchema {
  lists: { key: string; value: KeptList };
  codes: { key: string; value: { key: string; codes: Codes } };
  drafts: { key: [string, string]; value: Draft };
  photos: { key: string; value: KeptPhoto };
  outbox: { key: string; value: Entry };
}

const NAME = 'sumun-dock';
/** A list older than this is of another shift. */
const LIST_MS = 36 * 3_600_000;
/** How long what has arrived is still shown. */
const SENT_MS = 24 * 3_600_000;
// The default may answer before the disk has it; these records must survive a flat battery.
const STRICT = { durability: 'strict' } as const;

export type DockStore = ReturnType<typeof makeStore>;

export async function openDock(name = NAME): Promise<DockStore> {
  const db = await openDB<Dock>(name, 1, {
    upgrade(db) {
      db.createObjectStore('lists', { keyPath: 'key' });
      db.createObjectStore('codes', { keyPath: 'key' });
      db.createObjectStore('drafts', { keyPath: ['account', 'consignment'] });
      db.createObjectStore('photos', { keyPath: 'sha256' });
      db.createObjectStore('outbox', { keyPath: 'id' });
    },
  });
  return makeStore(db);
}

let opened: Promise<DockStore> | null = null;

/** The one store of this page. */
export function dock(): Promise<DockStore> {
  opened ??= openDock();
  return opened;
}

export const listKey = (account: string, office: string, day: string, shift: string): string =>
  [account, office, day, shift].join('|');

function makeStore(db: IDBPDatabase<Dock>) {
  return {
    close: () => db.close(),

    async keepList(key: string, account: string, list: Shift, now: number): Promise<void> {
      const tx = db.transaction('lists', 'readwrite');
      for (const kept of await tx.store.getAll()) {
        if (now - kept.fetched_at > LIST_MS) await tx.store.delete(kept.key);
      }
      await tx.store.put({ key, account, fetched_at: now, list });
      await tx.done;
    },
    list: (key: string): Promise<KeptList | undefined> => db.get('lists', key),

    async keepCodes(codes: Codes): Promise<void> {
      await db.put('codes', { key: 'codes', codes });
    },
    async codes(): Promise<Codes | undefined> {
      return (await db.get('codes', 'codes'))?.codes;
    },

    async keepDraft(draft: Draft): Promise<void> {
      await db.put('drafts', draft);
    },
    draft: (account: string, consignment: string): Promise<Draft | undefined> =>
      db.get('drafts', [account, consignment]),
    async dropDraft(account: string, consignment: string): Promise<void> {
      await db.delete('drafts', [account, consignment]);
    },

    async keepPhoto(photo: KeptPhoto): Promise<void> {
      const tx = db.transaction('photos', 'readwrite', STRICT);
      const before = await tx.store.get(photo.sha256);
      await tx.store.put({ ...photo, uploaded: before?.uploaded ?? photo.uploaded });
      await tx.done;
    },
    photo: (sha256: string): Promise<KeptPhoto | undefined> => db.get('photos', sha256),
    async photoUploaded(sha256: string): Promise<void> {
      const tx = db.transaction('photos', 'readwrite', STRICT);
      const photo = await tx.store.get(sha256);
      if (photo) await tx.store.put({ ...photo, uploaded: true });
      await tx.done;
    },

    /**
     * Keeps a finished report and lets go of its draft, both or neither. An earlier report of the
     * same consignment that never left is replaced; one that may have arrived is followed.
     */
    async enqueue(
      report: Report,
      about: { account: string; reference: string; now: number },
    ): Promise<Entry> {
      const tx = db.transaction(['outbox', 'drafts'], 'readwrite', STRICT);
      const outbox = tx.objectStore('outbox');
      let follows: string | null = null;
      for (const earlier of await outbox.getAll()) {
        if (earlier.report.consignment !== report.consignment) continue;
        if (earlier.account !== about.account || earlier.state === 'sent') continue;
        const never = earlier.state === 'waiting' && earlier.tries === 0;
        if (never || earlier.state === 'refused') {
          follows ??= earlier.follows;
          await outbox.delete(earlier.id);
        } else follows = earlier.id;
      }
      const entry: Entry = {
        id: report.id,
        account: about.account,
        reference: about.reference,
        report,
        state: 'waiting',
        follows,
        tries: 0,
        next_try_at: 0,
        stored_at: about.now,
        sent_at: null,
        said: null,
        next: null,
        recorded: null,
        theirs: null,
      };
      await outbox.put(entry);
      await tx.objectStore('drafts').delete([about.account, report.consignment]);
      await tx.done;
      return entry;
    },

    /** In the order in which they were made. */
    async entries(): Promise<Entry[]> {
      return (await db.getAll('outbox')).sort((a, b) => a.stored_at - b.stored_at);
    },
    entry: (id: string): Promise<Entry | undefined> => db.get('outbox', id),

    /** Changes an entry as it stands now; gives it, or nothing if it is gone. */
    async change(id: string, how: (entry: Entry) => Entry): Promise<Entry | undefined> {
      const tx = db.transaction('outbox', 'readwrite', STRICT);
      const entry = await tx.store.get(id);
      const changed = entry ? how(entry) : undefined;
      if (changed) await tx.store.put(changed);
      await tx.done;
      return changed;
    },

    /** The page that was sending them is gone, so nobody knows: they are sent again. */
    async recover(account: string): Promise<void> {
      const tx = db.transaction('outbox', 'readwrite', STRICT);
      for (const entry of await tx.store.getAll()) {
        if (entry.account === account && entry.state === 'sending') {
          await tx.store.put({ ...entry, state: 'waiting', next_try_at: 0 });
        }
      }
      await tx.done;
    },

    /** It has arrived: what remains is the note that it did. */
    async arrived(id: string, recorded: Entry['recorded'], now: number): Promise<void> {
      const tx = db.transaction(['outbox', 'photos'], 'readwrite', STRICT);
      const outbox = tx.objectStore('outbox');
      const entry = await outbox.get(id);
      if (entry) {
        await outbox.put({
          ...entry,
          state: 'sent',
          sent_at: now,
          recorded,
          said: null,
          next: null,
        });
        const wanted = new Set(
          (await outbox.getAll())
            .filter((other) => other.id !== id && other.state !== 'sent')
            .flatMap((other) => other.report.photos.map((photo) => photo.sha256)),
        );
        for (const { sha256 } of entry.report.photos) {
          if (!wanted.has(sha256)) await tx.objectStore('photos').delete(sha256);
        }
      }
      for (const other of await outbox.getAll()) {
        if (other.state === 'sent' && now - (other.sent_at ?? now) > SENT_MS) {
          await outbox.delete(other.id);
        }
      }
      await tx.done;
    },

    /** The person decided against their own report. */
    async discard(id: string): Promise<void> {
      await db.delete('outbox', id);
    },

    /**
     * The person decided for their own report: it goes again, as a correction of what it met,
     * under an id of its own, because the old id stands for what was refused.
     */
    async insist(id: string, now: number): Promise<Entry | undefined> {
      const tx = db.transaction('outbox', 'readwrite', STRICT);
      const entry = await tx.store.get(id);
      if (entry?.state !== 'conflict') return undefined;
      const again = ulid();
      const changed: Entry = {
        ...entry,
        id: again,
        report: {
          ...entry.report,
          id: again,
          correct: true,
          base_revision: entry.theirs?.revision ?? null,
        },
        state: 'waiting',
        tries: 0,
        next_try_at: 0,
        stored_at: now,
        theirs: null,
        said: null,
        next: null,
      };
      await tx.store.delete(id);
      await tx.store.put(changed);
      for (const other of await tx.store.getAll()) {
        if (other.follows === id) await tx.store.put({ ...other, follows: again });
      }
      await tx.done;
      return changed;
    },

    /** Signing out leaves nothing to read but what has not yet arrived. */
    async clear(): Promise<void> {
      const tx = db.transaction(
        ['lists', 'codes', 'drafts', 'photos', 'outbox'],
        'readwrite',
        STRICT,
      );
      const outbox = tx.objectStore('outbox');
      const wanted = new Set<string>();
      for (const entry of await outbox.getAll()) {
        if (entry.state === 'sent') await outbox.delete(entry.id);
        else for (const { sha256 } of entry.report.photos) wanted.add(sha256);
      }
      const photos = tx.objectStore('photos');
      for (const sha256 of await photos.getAllKeys()) {
        if (!wanted.has(sha256)) await photos.delete(sha256);
      }
      for (const name of ['lists', 'codes', 'drafts'] as const) await tx.objectStore(name).clear();
      await tx.done;
    },
  };
}
