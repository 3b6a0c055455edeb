// Runs the harness by Vite, because Node 20 does not run TypeScript.
import { createViteServer } from 'vitest/node';
import { sourceImports } from '../support/source-imports.mjs';

const vite = await createViteServer({
  ...sourceImports,
  configFile: false,
  server: { middlewareMode: true, ws: false, watch: null },
  appType: 'custom',
  logLevel: 'error',
});
const { main } = await vite.ssrLoadModule('/test/chaos/main.ts');
const exitCode = await main(process.argv.slice(2));
await vite.close();
// Clients of a stopped run may still wait for a response.
process.exit(exitCode);
