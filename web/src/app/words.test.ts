// Holds that both languages say everything: same files, same keys, same blanks to fill, and every
// key that a screen asks for.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '..');

function files(language: string): string[] {
  return readdirSync(join(source, 'words', language)).sort();
}

/** Every key with its text; plural endings are one key, because Korean has no plural. */
function texts(language: string, file: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, path: string) => {
    if (typeof value === 'string') {
      const key = path.replace(/_(zero|one|two|few|many|other)$/, '');
      found.set(key, `${found.get(key) ?? ''}${value}`);
    } else {
      for (const [key, inner] of Object.entries(value as object)) {
        walk(inner, path ? `${path}.${key}` : key);
      }
    }
  };
  walk(JSON.parse(readFileSync(join(source, 'words', language, file), 'utf8')), '');
  return found;
}

const blanks = (text = '') =>
  [...new Set([...text.matchAll(/{{\s*(\w+)/g)].map(([, name]) => name))].sort();

it('has the same files in both languages', () => {
  expect(files('ko')).toEqual(files('en'));
});

describe.each(files('en'))('%s', (file) => {
  const [ko, en] = [texts('ko', file), texts('en', file)];
  it('has the same keys', () => {
    expect([...ko.keys()].sort()).toEqual([...en.keys()].sort());
  });
  it('has the same blanks', () => {
    for (const [key, text] of en) expect([key, blanks(ko.get(key))]).toEqual([key, blanks(text)]);
  });
});

it('has every key that is asked for', () => {
  const missing: string[] = [];
  for (const path of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(path) || path.includes('.test.')) continue;
    const code = readFileSync(join(source, path), 'utf8');
    const own = /useTranslation\(\s*'(\w+)'/.exec(code)?.[1] ?? 'shell';
    for (const [, key = ''] of code.matchAll(/\bt\(\s*'([\w:.]+)'/g)) {
      const [file, name] = key.includes(':') ? key.split(':') : [own, key];
      if (!texts('en', `${file}.json`).has(name ?? '')) missing.push(`${path}: ${key}`);
    }
  }
  expect(missing).toEqual([]);
});
