import { defineConfig } from 'vitest/config';
import { limits, sharedModules } from './test/support/limits.mjs';
import { sourceImports } from './test/support/source-imports.mjs';

/** `npm run test:browser`: needs Debian's `chromium`, which the other tests do without. */
export default defineConfig({
  ...sourceImports,
  test: {
    ...limits,
    ...sharedModules,
    include: ['{libs,test}/**/*.browser.ts'],
    globalSetup: ['test/support/postgres-global-setup.ts'],
  },
});
