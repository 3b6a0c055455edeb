// Builds the file tree of the image as the Dockerfile's stages would, and runs it as a container would be run: under the
// image's user, with nothing to write to and no shell. Needs root on Linux, and a build (`npm run build`).
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createSandbox } from '../../dist/libs/stripe-sandbox/create-sandbox.js';
import { startEmbeddedPostgres } from '../../dist/libs/embedded-postgres/embedded-postgres.js';
import { addNode, spawnInJail } from './jail.js';
import { buildTree } from './build-tree.js';
import { configOf, readStages } from './dockerfile.js';

const START_TIMEOUT_MS = 120_000;
const LISTENS = /Paydesk listens on \S+:(\d+)/;
/** Reports who it is and what it can do. */
const PROBE = `
  const fs = require('node:fs');
  const writable = ['/', '/paydesk', '/tmp', '/etc'].filter((folder) => {
    try { fs.writeFileSync(folder + '/probe', ''); return true; } catch { return false; }
  });
  console.log(JSON.stringify({ uid: process.getuid(), writable, shell: fs.existsSync('/bin/sh') }));`;

// Beside node_modules, which is linked.
mkdirSync('.data', { recursive: true });
const folder = mkdtempSync(resolve('.data/image-'));
chmodSync(folder, 0o755);
const stages = readStages('Dockerfile');
const root = buildTree(stages, folder);
addNode(root);
if (spawnSync('unshare', ['--mount', 'true']).status !== 0) {
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write('The file tree of the image was built, but not run: this machine allows no mounts.\n');
  process.exit();
}
const config = configOf(stages.at(-1));
const database = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: () => undefined });
const sandbox = await createSandbox({});
const environment = {
  ...config.environment,
  // The sandbox and the database here have no TLS, which only loopback may do without.
  HOST: '127.0.0.1',
  METRICS_HOST: '127.0.0.1',
  PORT: '0',
  METRICS_PORT: '0',
  DRAIN_MS: '100',
  MIGRATE_ON_START: 'false',
  DATABASE_URL: database.url,
  STRIPE_SECRET_KEY: 'sk_test_paydesk',
  STRIPE_API_BASE: sandbox.url,
  STRIPE_WEBHOOK_SECRET: `whsec_${'x'.repeat(32)}`,
  ENCRYPTION_KEY: Buffer.alloc(32, 'image').toString('base64'),
  JWKS_URL: 'https://id.example/jwks.json',
  JWT_ISSUER: 'https://id.example',
  JWT_AUDIENCE: 'paydesk',
  REDIRECT_ORIGINS: 'https://shop.example',
};
const start = (command, variables = environment) =>
  spawnInJail(root, { ...config, environment: variables }, command);

try {
  const probe = JSON.parse(await outputOf(start(['node', '-e', PROBE])));
  assert.deepEqual(probe, { uid: 10001, writable: [], shell: false });

  await assert.rejects(
    outputOf(start([...config.entrypoint, ...config.command])),
    /run `npm run migrate` first/,
  );
  await outputOf(start([...config.entrypoint, 'dist/bundle/migrate.js']));
  await serveAndStop();
} finally {
  await sandbox.close();
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write('The file tree of the image works.\n');

/** The service answers, its health check succeeds, and it ends by itself after a SIGTERM. */
async function serveAndStop() {
  const service = start([...config.entrypoint, ...config.command]);
  try {
    const port = await portOf(service);
    assert.equal((await fetch(`http://127.0.0.1:${port}/health/ready`)).status, 200);
    await outputOf(start(config.healthcheck, { ...environment, PORT: port }));
    await assert.rejects(outputOf(start(config.healthcheck, { ...environment, PORT: '1' })));
    service.kill('SIGTERM');
    const [code] = await once(service, 'exit');
    assert.equal(code, 0);
  } finally {
    service.kill('SIGKILL');
  }
}

/** The port on which a service listens once it does. */
async function portOf(service) {
  let output = '';
  for (const stream of [service.stdout, service.stderr]) stream.on('data', (chunk) => (output += chunk));
  const endMs = performance.now() + START_TIMEOUT_MS;
  while (!LISTENS.test(output)) {
    if (service.exitCode !== null || performance.now() > endMs) throw new Error(`no start: ${output}`);
    await setTimeout(50);
  }
  return LISTENS.exec(output)[1];
}

/** The output of a command that must succeed. */
async function outputOf(child) {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`it ended with ${code}: ${output}`);
  return output;
}
