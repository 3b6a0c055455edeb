import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Folder of package.json: the same from `src/` (tests) and from `dist/src/` (the build), for files tsc does not copy. */
export const packageRoot = dirname(createRequire(import.meta.url).resolve('#package.json'));
