// Starts the embedded PostgreSQL in the folder given as argument, prints its URL, and runs until it is killed.
// Tests run it as another process. It uses Vite, because Node 20 does not run TypeScript.
import { createTypeScriptLoader } from './typescript-loader.mjs';

const vite = await createTypeScriptLoader();
const { startEmbeddedPostgres } = await vite.ssrLoadModule('/libs/embedded-postgres/embedded-postgres.ts');
const { url } = await startEmbeddedPostgres({ dataDir: process.argv[2], log: () => undefined });
process.stdout.write(`${url}\n`);
