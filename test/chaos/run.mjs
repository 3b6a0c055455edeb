// Runs the harness, which Node 20 can't do with TypeScript by itself.
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
// Clients of a run that was stopped may still be waiting for an answer.
process.exit(exitCode);
