const resolve = { conditions: ['paydesk-source', 'module', 'node', 'development|production'] };

/**
 * Has Vite resolve `#core/...` and the like to the TypeScript sources, as tsc does, instead of to the build: in specs,
 * and in global setups, which Vitest runs in an environment of its own.
 */
export const sourceImports = {
  ssr: { resolve },
  environments: { __vitest__: { resolve } },
};
