// The browser walk: an officer's day in a real browser against a real server, on SQLite and, when
// `TEST_POSTGRES` names a server, on PostgreSQL. Each screen's steps are a file under `steps/`; the
// order is the day's. A step that fails ends the walk, with its name, a picture of every open page
// and the server's log kept.
//
//   SUMUN         the server's program (target/release/sumun)
//   CHROMIUM      the browser's program (/usr/bin/chromium)
//   WALK_OUT      where pictures and logs go (target/walk)
//   WALK_ONLY     names of steps, parted by commas: the first ones and these, for who writes one
//   WALK_ON       goes on behind a step that failed, for who mends them
//   WALK_PAGE     where Vite serves the page and passes the API on to port 8080, for who writes it
//   TEST_POSTGRES a server whose user may make databases
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Day } from './day';
import { Office } from './office';
import { steps } from './steps/index';

const root = resolve(import.meta.dirname, '../..');
const out = process.env.WALK_OUT ?? join(root, 'target/walk');

/** Walks on every engine; whether all went well. */
export async function walk(): Promise<boolean> {
  const engines = ['sqlite', ...(process.env.TEST_POSTGRES ? ['postgres'] : [])];
  rmSync(out, { recursive: true, force: true });
  for (const engine of engines) {
    if (!(await walkOn(engine))) return false;
  }
  if (engines.length === 1) console.log('PostgreSQL was left out: TEST_POSTGRES is not set.');
  return true;
}

async function walkOn(engine: string): Promise<boolean> {
  const folder = join(out, engine);
  mkdirSync(folder, { recursive: true });
  const only = process.env.WALK_ONLY?.split(',');
  const chosen = steps.filter(({ name, first }) => first || !only || only.includes(name));
  let name = 'opening the office';
  let day: Day | undefined;
  const office = new Office(
    engine,
    folder,
    process.env.SUMUN ?? join(root, 'target/release/sumun'),
  );
  try {
    const began = performance.now();
    await office.open();
    day = await Day.begin(office, folder);
    console.log(`${engine}: the office is open (${seconds(began)} s)`);
    for (const step of chosen) {
      name = step.name;
      const since = performance.now();
      try {
        await step.walk(day);
        day.holds();
      } catch (error) {
        if (!process.env.WALK_ON) throw error;
        console.error(`${engine}: ${name} FAILED: ${error instanceof Error ? error.stack : error}`);
        await day.keepPictures(name);
        continue;
      }
      console.log(`${engine}: ${name} (${seconds(since)} s)`);
    }
    return true;
  } catch (error) {
    console.error(`\n${engine}: the walk failed at "${name}":`);
    console.error(error instanceof Error ? error.message : error);
    if (error instanceof Error && error.stack) {
      console.error(
        error.stack
          .split('\n')
          .filter((line) => line.includes('/walk/'))
          .join('\n'),
      );
    }
    await day?.keepPictures(name);
    console.error(`Pictures and the server's log are in ${folder}`);
    return false;
  } finally {
    await day?.end();
    await office.close();
  }
}

const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1);
