// Packs the built sandbox as an npm package of its own: `npm run sandbox:pack` writes dist/stripe-sandbox-<version>.tgz.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const FOLDER = 'dist/stripe-sandbox';
/** The packages that the sandbox imports. */
const DEPENDENCIES = ['fastify', 'luxon', 'pdfkit', 'qs'];

const { version, license, engines, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
cpSync('dist/libs/stripe-sandbox', `${FOLDER}/lib`, { recursive: true });
cpSync('libs/stripe-sandbox/npm/README.md', `${FOLDER}/README.md`);
const manifest = {
  name: 'stripe-sandbox',
  version,
  description: 'An offline Stripe for development and tests.',
  private: true,
  license,
  type: 'module',
  engines,
  bin: { 'stripe-sandbox': 'lib/main.js' },
  exports: './lib/create-sandbox.js',
  dependencies: Object.fromEntries(DEPENDENCIES.map((name) => [name, dependencies[name]])),
};
writeFileSync(`${FOLDER}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
execFileSync('npm', ['pack', `./${FOLDER}`, '--pack-destination', 'dist'], { stdio: 'inherit' });
