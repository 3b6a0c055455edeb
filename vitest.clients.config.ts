import { defineConfig } from 'vitest/config';
import { limits } from './test/support/limits.mjs';
import { sourceImports } from './test/support/source-imports.mjs';

/** `npm run test:clients`: packages of others against the sandbox. scripts/test-clients.sh installs them first. */
export default defineConfig({
  ...sourceImports,
  test: {
    ...limits,
    include: ['libs/**/*.client.ts'],
    globalSetup: ['test/support/postgres-global-setup.ts'],
  },
});
