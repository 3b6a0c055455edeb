import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { limits } from './test/support/limits.mjs';
import { sourceImports } from './test/support/source-imports.mjs';

/** Specs that clean up after themselves share a worker's modules: importing them takes longer than most specs. */
const shared = { isolate: false, sequence: { hooks: 'stack' as const } };

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
          ...shared,
          name: 'unit',
          include: ['src/**/*.spec.ts', 'libs/**/*.spec.ts'],
          exclude: ['libs/*/test/**'],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'sandbox',
          include: ['libs/stripe-sandbox/test/**/*.spec.ts'],
          exclude: ['libs/stripe-sandbox/test/process/**'],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'service',
          include: ['test/**/*.spec.ts'],
          exclude: ['test/boot/**'],
          globalSetup: ['test/support/postgres-global-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'build',
          include: ['test/boot/**/*.spec.ts', 'libs/stripe-sandbox/test/process/**/*.spec.ts'],
          globalSetup: ['test/support/build.ts'],
        },
      },
    ],
  },
});
