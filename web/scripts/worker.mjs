// Tells the built worker which files the inspector's screen needs without a network: all that its
// page, the shell and signing in load, in both languages. The name of the cache is their digest, so
// that a new build is a new cache.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(import.meta.dirname, '../dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

const files = new Set(['/gate.svg', '/dock.webmanifest']);
const seen = new Set();
function add(name, dynamic = false) {
  const chunk = manifest[name];
  if (!chunk || seen.has(name)) return;
  seen.add(name);
  if (chunk.file.endsWith('.js') || chunk.file.endsWith('.json')) files.add(`/${chunk.file}`);
  for (const style of chunk.css ?? []) files.add(`/${style}`);
  for (const other of chunk.imports ?? []) add(other);
  if (dynamic) for (const other of chunk.dynamicImports ?? []) add(other);
}
add('index.html');
for (const language of ['ko', 'en']) {
  for (const words of ['shell', 'parts', 'problems', 'login', 'inspections']) {
    add(`src/words/${language}/${words}.json`);
  }
}
add('src/screens/login/index.tsx');
add('src/screens/inspections/index.tsx', true);
add('src/screens/inspections/leaving.tsx');

const list = [...files].sort();
const digest = createHash('sha256');
for (const file of [...list, '/index.html'])
  digest.update(file).update(readFileSync(join(dist, file)));
const name = `sumun-${digest.digest('hex').slice(0, 16)}`;

const worker = join(dist, 'worker.js');
const code = readFileSync(worker, 'utf8')
  .replace("'SUMUN_SHELL'", JSON.stringify(name))
  .replace("['SUMUN_FILES']", JSON.stringify(list));
if (code.includes("'SUMUN_")) throw new Error('the worker has no place for its list of files');
writeFileSync(worker, code);
console.log(`${list.length} files stand without a network`);
