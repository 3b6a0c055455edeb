import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { sourceImports } from './test/support/source-imports.mjs';

export default defineConfig({
  ...sourceImports,
  test: {
    // Specs wait more than they compute, so that two cores have room for two files.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'service',
          include: ['src/**/*.spec.ts', 'libs/**/*.spec.ts', 'test/**/*.spec.ts'],
          exclude: ['test/boot/**', 'test/chaos/**', 'libs/stripe-sandbox/test/process/**'],
          globalSetup: ['test/support/postgres-global-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'build',
          include: ['test/{boot,chaos}/**/*.spec.ts', 'libs/stripe-sandbox/test/process/**/*.spec.ts'],
          globalSetup: ['test/support/build.ts'],
        },
      },
    ],
  },
});
