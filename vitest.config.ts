import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { limits, sharedModules } from './test/support/limits.mjs';
import { sourceImports } from './test/support/source-imports.mjs';

export default defineConfig({
  ...sourceImports,
  test: {
    ...limits,
    // Specs wait more than they compute, so that two cores have room for two files.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          ...sharedModules,
          name: 'unit',
          include: ['src/**/*.spec.ts', 'libs/**/*.spec.ts'],
          exclude: ['libs/*/test/**'],
        },
      },
      {
        extends: true,
        test: {
          ...sharedModules,
          name: 'sandbox',
          include: ['libs/stripe-sandbox/test/**/*.spec.ts'],
          exclude: ['libs/stripe-sandbox/test/process/**'],
        },
      },
      {
        extends: true,
        test: {
          ...sharedModules,
          name: 'service',
          include: ['test/**/*.spec.ts'],
          exclude: ['test/boot/**'],
          globalSetup: ['test/support/postgres-global-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          ...sharedModules,
          name: 'build',
          include: ['test/boot/**/*.spec.ts', 'libs/stripe-sandbox/test/process/**/*.spec.ts'],
          globalSetup: ['test/support/build.ts'],
        },
      },
    ],
  },
});
