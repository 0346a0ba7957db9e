// Measures what a first visit fetches before it can sign in, as sent (brotli), and fails above the
// limit: the page, what it loads at once, the words, and the page of signing in.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LIMIT_KB = 300;
const dist = join(import.meta.dirname, '../dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

const files = new Set(['index.html']);
function add(name) {
  const chunk = manifest[name];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const other of chunk.imports ?? []) add(other);
}
add('index.html');
const LANGUAGE = 'ko';
for (const words of ['shell', 'parts', 'problems', 'login']) {
  add(`src/words/${LANGUAGE}/${words}.json`);
}
add('src/screens/login/index.tsx');

let total = 0;
for (const name of files) {
  const file = join(dist, name);
  const sent = existsSync(`${file}.br`) ? `${file}.br` : file;
  const { size } = statSync(sent);
  total += size;
  console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${name}`);
}
console.log(`${(total / 1000).toFixed(1).padStart(8)} kB  first load; the limit is ${LIMIT_KB} kB`);
if (total > LIMIT_KB * 1000) process.exit(1);
