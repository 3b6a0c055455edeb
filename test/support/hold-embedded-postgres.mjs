// Starts the embedded PostgreSQL on the folder given as argument, prints its URL and holds it until killed:
// run by tests as a process of its own, which Node 20 can't do with TypeScript by itself.
import { createViteServer } from 'vitest/node';
import { sourceImports } from './source-imports.mjs';

const vite = await createViteServer({
  ...sourceImports,
  configFile: false,
  server: { middlewareMode: true, ws: false, watch: null },
  appType: 'custom',
  logLevel: 'error',
});
const { startEmbeddedPostgres } = await vite.ssrLoadModule('/libs/embedded-postgres/embedded-postgres.ts');
const { url } = await startEmbeddedPostgres({ dataDir: process.argv[2], log: () => undefined });
process.stdout.write(`${url}\n`);
