/** Has Vite resolve `#core/...` and the like to the TypeScript sources, as tsc does, instead of to the build. */
export const sourceImports = {
  ssr: { resolve: { conditions: ['paydesk-source', 'module', 'node', 'development|production'] } },
};
