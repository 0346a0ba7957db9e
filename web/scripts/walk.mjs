// Runs the browser walk, which is written in TypeScript, by the bundler that is here anyway.
import { join } from 'node:path';
import { runnerImport } from 'vite';

const file = join(import.meta.dirname, '../walk/walk.ts');
const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' });
process.exit((await module.walk()) ? 0 : 1);
