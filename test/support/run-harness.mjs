// run-harness.mjs FOLDER ARGUMENTS...: runs test/FOLDER/main.ts by Vite, because Node 20 does not run TypeScript.
import { createTypeScriptLoader } from './typescript-loader.mjs';

const vite = await createTypeScriptLoader();
const [folder, ...args] = process.argv.slice(2);
const { main } = await vite.ssrLoadModule(`/test/${folder}/main.ts`);
const exitCode = await main(args);
await vite.close();
// Clients of a stopped run may still wait for a response.
process.exit(exitCode);
