import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The folder of package.json, both from `src/` (tests) and from `dist/src/` (the build). For files that tsc does not copy. */
export const packageRoot = dirname(createRequire(import.meta.url).resolve('#package.json'));
