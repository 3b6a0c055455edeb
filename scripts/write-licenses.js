// Writes docs/licenses.md from package-lock.json: `npm run licenses`. Fails on a license that is not allowed.
import { readFile, writeFile } from 'node:fs/promises';
import { licensesAsMarkdown } from './licenses.js';

const lock = JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8'));
await writeFile(new URL('../docs/licenses.md', import.meta.url), licensesAsMarkdown(lock));
