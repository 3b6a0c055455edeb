import { createViteServer } from 'vitest/node';
import { sourceImports } from './source-imports.mjs';

/** A Vite server whose `ssrLoadModule` loads TypeScript modules, which Node 20 does not run. The caller closes it. */
export function createTypeScriptLoader() {
  return createViteServer({
    ...sourceImports,
    configFile: false,
    server: { middlewareMode: true, ws: false, watch: null },
    appType: 'custom',
    logLevel: 'error',
  });
}
