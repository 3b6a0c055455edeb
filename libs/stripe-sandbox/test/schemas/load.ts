import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resources } from '../../http/resources.js';
import type { Schemas } from './schema.js';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const CACHE_DIR = pathOf('../../../../node_modules/.cache/stripe-sandbox/');

/** The files that the result of the conversion depends on. */
const SOURCES = [
  './convert.ts',
  '../../../../node_modules/stripe/package.json',
  '../../../../node_modules/typescript/package.json',
];

/** The schemas of all resources of the sandbox. They are converted once, and cached on disk. */
export async function loadSchemas(): Promise<Schemas> {
  const objects = new Set(Object.keys(resources));
  const hash = createHash('sha256').update([...objects].join());
  for (const source of SOURCES) hash.update(readFileSync(pathOf(source)));
  const cached = `${CACHE_DIR}${hash.digest('hex')}.json`;
  if (existsSync(cached)) return JSON.parse(readFileSync(cached, 'utf8')) as Schemas;
  // The compiler takes a second to load, so it is imported only if there is no cache.
  const { convertStripeTypes } = await import('./convert.js');
  const schemas = convertStripeTypes(objects);
  mkdirSync(CACHE_DIR, { recursive: true });
  const fresh = `${cached}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(schemas));
  renameSync(fresh, cached);
  return schemas;
}
