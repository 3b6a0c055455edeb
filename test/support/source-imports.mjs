// Without Vite's condition `module`: Node has none, and cannot import what some packages have there.
const resolve = { conditions: ['paydesk-source', 'node', 'development|production'] };

/**
 * Makes Vite resolve `#core/...` and so on to the TypeScript sources, as tsc does, instead of to the build: in specs,
 * and in global setups, which Vitest runs in another environment.
 */
export const sourceImports = {
  ssr: { resolve },
  environments: { __vitest__: { resolve } },
};
