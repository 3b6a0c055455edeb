import { defineConfig } from 'vitest/config';
import { sourceImports } from './test/support/source-imports.mjs';

/** `npm run test:browser`: needs Debian's `chromium`, which the other tests do without. */
export default defineConfig({
  ...sourceImports,
  test: {
    include: ['{libs,test}/**/*.browser.ts'],
    globalSetup: ['test/support/postgres-global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
