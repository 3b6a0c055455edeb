import { defineConfig } from 'vitest/config';
import { limits } from './test/support/limits.mjs';
import { sourceImports } from './test/support/source-imports.mjs';

/** `npm run test:slow`: what takes minutes, because it kills processes, fills them, or tries things at random. */
export default defineConfig({
  ...sourceImports,
  test: {
    ...limits,
    testTimeout: 1_200_000,
    include: ['{test,libs}/**/*.slow.ts'],
    globalSetup: ['test/support/postgres-global-setup.ts', 'test/support/build.ts'],
    // Each of them keeps more than one core busy.
    fileParallelism: false,
  },
});
