import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The folder of package.json, from `src/` (tests) as from `dist/src/` and `dist/bundle/` (builds). For files that are not built. */
export const packageRoot = dirname(createRequire(import.meta.url).resolve('#package.json'));
